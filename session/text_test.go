package session

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestLatin1Reader(t *testing.T) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	text := asLatin1(bytes.Repeat(all, 100))
	for name, from := range map[string]func(io.Reader) io.Reader{
		"whole": func(r io.Reader) io.Reader { return r },
		"bytes": iotest.OneByteReader,
		"half":  iotest.HalfReader,
	} {
		t.Run(name, func(t *testing.T) {
			if err := iotest.TestReader(&latin1Reader{bufio.NewReaderSize(from(strings.NewReader(text)), 16)}, bytes.Repeat(all, 100)); err != nil {
				t.Error(err)
			}
		})
	}
	for text, want := range map[string]error{"a\xc3": io.ErrUnexpectedEOF, "aä€": errNotLatin1} {
		if _, err := io.ReadAll(&latin1Reader{bufio.NewReader(strings.NewReader(text))}); !errors.Is(err, want) {
			t.Errorf("%q gives %v, want %v", text, err, want)
		}
	}
}

func TestQuotedReader(t *testing.T) {
	for text, want := range map[string]string{
		`""`:                               "",
		`"plain"`:                          "plain",
		`"\"\\\/\b\f\n\r\t"`:               "\"\\/\b\f\n\r\t",
		`"\u0041\u00e9\u20AC\uD83D\uDE00"`: "Aé€😀",
		`"\ud83d"`:                         "�",
		`"\ud83dx"`:                        "�x",
		`"\ud83d\u0041"`:                   "�A",
		`"\ud83d\ud83d\ude00"`:             "�😀",
		`"\ude00\ud83d"`:                   "��",
		`"é😀"`:                             "é😀",
	} {
		q := &quotedReader{r: bufio.NewReader(strings.NewReader(text + " rest"))}
		got, err := io.ReadAll(iotest.OneByteReader(q))
		if err != nil || string(got) != want {
			t.Errorf("%s reads %q, %v; want %q", text, got, err, want)
		}
		if rest, err := io.ReadAll(q.r); err != nil || string(rest) != " rest" {
			t.Errorf("%s leaves %q, %v", text, rest, err)
		}
	}
	for text, want := range map[string]error{
		`"open`:    io.ErrUnexpectedEOF,
		`"open\`:   io.ErrUnexpectedEOF,
		`"open\u1`: io.ErrUnexpectedEOF,
		`"\u00g0"`: errBadEscape,
	} {
		if _, err := io.ReadAll(&quotedReader{r: bufio.NewReader(strings.NewReader(text))}); !errors.Is(err, want) {
			t.Errorf("%s gives %v, want %v", text, err, want)
		}
	}
}

func TestMeasure(t *testing.T) {
	for text, want := range map[string][2]int{
		`{}`: {1, 0},
		`{"type":2,"a":"\"type\":3,\\","b":[[]]}`: {3, 1},
		`{"type":"text","x":{"type":0}}`:          {2, 1},
		`"type"`:                                  {0, 0},
	} {
		if depth, nodes := measure([]byte(text)); depth != want[0] || nodes != want[1] {
			t.Errorf("%s: depth %d, %d nodes; want %v", text, depth, nodes, want)
		}
	}
}
