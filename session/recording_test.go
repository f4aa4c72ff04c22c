package session

import (
	"bytes"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
)

func TestLoadConcurrently(t *testing.T) {
	r := mustRead(t, part("a.json", list(visit()...)))
	want := raws(t, r)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for n := range 200 {
				i := n % r.Len()
				if e, err := r.Load(i); err != nil || string(e.Raw) != want[i] || e.Header != r.Header(i) {
					t.Errorf("event %d is %s, %v", i, e.Raw, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestCloseRemovesTheSpool(t *testing.T) {
	dir := t.TempDir()
	r, err := Read(t.Context(), dir, []Part{part("a.json", list(visit()...))}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Errorf("the folder holds %v, %v", files, err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 0 {
		t.Errorf("the folder holds %v, %v", files, err)
	}
	if _, err := r.Load(0); err == nil {
		t.Error("an event was loaded after Close")
	}
}

func TestReadLogsRepairs(t *testing.T) {
	var log bytes.Buffer
	text := list(append(visit(), ev(99, `{}`, t0))...)
	r, err := Read(t.Context(), t.TempDir(), []Part{part("a.json", text)}, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if !strings.Contains(log.String(), "kind=unknown-type count=1") {
		t.Errorf("the log is %q", log.String())
	}
}
