package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/reelay/reelay/recorder"
)

// keeping is a keeper of a folder and the address of its recorder, which
// stands in front of a site.
func keeping(t *testing.T, dir string, level recorder.Level) (*keeper, string) {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	k, err := openKeeper(dir, level, log, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(site(t).URL)
	if err != nil {
		t.Fatal(err)
	}
	transport := recorder.NewTransport()
	rec, err := k.recorder(target, transport, log)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(rec)
	t.Cleanup(func() {
		server.Close()
		rec.Close()
		transport.CloseIdleConnections()
		if err := k.close(); err != nil {
			t.Error(err)
		}
	})
	return k, server.URL
}

// frames is a POST of a page of the n-th session.
func frames(n int, rest string) string {
	const hello = `{"t":"hello","level":"standard","session":"session%d-00000000001","tab":"tab-0000000000000001","page":"page-000000000000001"}`
	return fmt.Sprintf(hello, n) + "\n\x1e\n" + rest
}

const oneEvent = `{"t":"events","seq":0}` + "\n" + `{"type":3,"data":{}}`

func all(recorder.SessionInfo) bool { return true }

// bundles are the files among the sessions.
func bundles(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "sessions", "*.reelay"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// A session that cannot be handed on keeps none of those that are younger from
// it.
func TestOneSessionDoesNotBlockTheOthers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	k, address := keeping(t, dir, recorder.Standard)
	for n := range 2 {
		post(t, address, frames(n, oneEvent))
	}
	first := k.journal.Sessions()[0]
	inTheWay := filepath.Join(dir, "sessions", nameOf(first.First, first.ID), "in the way")
	if err := os.MkdirAll(inTheWay, 0o700); err != nil {
		t.Fatal(err)
	}
	var path *os.LinkError
	if err := k.handOn(t.Context(), all); !errors.As(err, &path) {
		t.Errorf("no word of the session that stays: %v", err)
	}
	if left := k.journal.Sessions(); len(left) != 1 || left[0].ID != first.ID || len(bundles(t, dir)) != 2 {
		t.Errorf("left %+v, bundles %v", left, bundles(t, dir))
	}
}
