package session

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// corpus holds real recordings. They are not part of the project: where they
// are not, the tests below have no rows.
const corpus = "../../shared/corpus"

func corpusFiles(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(corpus, pattern))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestCorpus reads every recording, and checks that no event is lost unsaid.
func TestCorpus(t *testing.T) {
	counts := corpusCounts(t)
	for _, path := range slices.Concat(corpusFiles(t, "real/*"), corpusFiles(t, "unit/*"), corpusFiles(t, "snap/*")) {
		name := strings.TrimSuffix(filepath.Base(path), ".json.gz")
		t.Run(name, func(t *testing.T) {
			r := mustRead(t, filePart(path))
			checkRecording(t, r)
			events := r.Len()
			for _, n := range r.Notes() {
				switch n.Kind {
				case NoteBeforeSnapshot, NoteUnknown:
					events += n.Count
				case NoteAddedMeta:
					events -= n.Count
				case NoteSorted:
				case NoteClamped, NoteTruncated, NoteUndecodable:
					t.Errorf("a sound recording is said to have: %v", n)
				}
			}
			if want, ok := counts[name]; ok && events != want {
				t.Errorf("%d events, want %d; notes: %v", events, want, r.Notes())
			}
		})
	}
}

// corpusCounts reads the numbers of events from the corpus' index.
func corpusCounts(t *testing.T) map[string]int {
	t.Helper()
	f, err := os.Open(filepath.Join(corpus, "INDEX.md"))
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}()
	counts := map[string]int{}
	for s := bufio.NewScanner(f); s.Scan(); {
		cells := strings.Split(s.Text(), "|")
		if len(cells) < 6 {
			continue
		}
		if n, err := strconv.Atoi(strings.TrimSpace(cells[4])); err == nil {
			counts[strings.TrimSpace(cells[1])] = n
		}
	}
	return counts
}

// TestCorpusEncodings checks that each encoding of a recording gives the very
// events of the plain one.
func TestCorpusEncodings(t *testing.T) {
	for _, path := range corpusFiles(t, "encoded/*") {
		name, encoding, _ := strings.Cut(filepath.Base(path), ".")
		parts := []Part{filePart(path)}
		if strings.HasPrefix(encoding, "segment") {
			if encoding != "segment-0.bin" {
				continue // read with the first one
			}
			for i := 1; i <= 6; i++ {
				parts = append(parts, filePart(filepath.Join(corpus, "encoded", fmt.Sprintf("%s.segment-%d.bin", name, i))))
			}
		}
		t.Run(name+" "+encoding, func(t *testing.T) {
			want := raws(t, mustRead(t, filePart(filepath.Join(corpus, "real", name+".json.gz"))))
			r := mustRead(t, parts...)
			checkRecording(t, r)
			if got := raws(t, r); !slices.Equal(got, want) {
				t.Errorf("%d events differ from the %d plain ones", len(got), len(want))
			}
		})
	}
}
