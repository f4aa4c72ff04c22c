package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/reelay/reelay/recorder"
	"github.com/reelay/reelay/recorder/redact"
	"github.com/reelay/reelay/recorder/wal"
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

// Where there is no room for a bundle none is begun, and the session stays.
func TestBundlesNeedRoom(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	k, address := keeping(t, dir, recorder.Standard)
	post(t, address, frames(0, oneEvent))
	room := k.room
	k.room = func(int64) error { return recorder.ErrReserve }
	if err := k.handOn(t.Context(), all); !errors.Is(err, recorder.ErrReserve) || len(bundles(t, dir)) != 0 {
		t.Errorf("without room: %v, %v", err, bundles(t, dir))
	}
	k.room = room
	if err := k.handOn(t.Context(), all); err != nil || len(bundles(t, dir)) != 1 || len(k.journal.Sessions()) != 0 {
		t.Errorf("with room: %v, bundles %v, left %+v", err, bundles(t, dir), k.journal.Sessions())
	}
}

// A recorder that was killed while it wrote a bundle leaves a part of it.
func TestUnfinishedBundlesAreRemoved(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	sessions := filepath.Join(dir, "sessions")
	if err := os.MkdirAll(sessions, 0o700); err != nil {
		t.Fatal(err)
	}
	left, importing := filepath.Join(sessions, ".new-1"), filepath.Join(sessions, ".new-2")
	for path, age := range map[string]time.Duration{left: time.Hour, importing: 0} {
		if err := os.WriteFile(path, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(-age)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	keeping(t, dir, recorder.Standard)
	if names := names(t, sessions); len(names) != 1 || names[0] != ".new-2" {
		t.Errorf("left: %v", names)
	}
}

// A visitor who leaves before the page is there has said hello and good-bye.
func TestEmptySessionsLeaveNoBundle(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	k, address := keeping(t, dir, recorder.Standard)
	post(t, address, frames(0, `{"t":"bye","seq":0}`))
	if n := len(k.journal.Sessions()); n != 1 {
		t.Fatalf("%d sessions", n)
	}
	if err := k.handOn(t.Context(), all); err != nil || len(k.journal.Sessions()) > 0 || len(names(t, filepath.Join(dir, "sessions"))) > 0 {
		t.Errorf("%v, left %+v, bundles %v", err, k.journal.Sessions(), bundles(t, dir))
	}
}

// stuck is a fetcher that waits for a host that does not answer.
type stuck struct{}

func (stuck) FetchMissing(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

func (s stuck) FetchAll(ctx context.Context) error { return s.FetchMissing(ctx) }

// A session that is over is handed on, whatever is still being fetched.
func TestHandingOnDoesNotWaitForFetching(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	recordedAnHourAgo(t, dir)
	k, _ := keeping(t, dir, recorder.Standard)
	k.fetch = stuck{}
	handedOn := make(chan string, 1)
	k.done = func(path string) { handedOn <- path }
	ctx, cancel := context.WithCancel(t.Context())
	watching := make(chan struct{})
	go func() {
		defer close(watching)
		k.watch(ctx, slog.New(slog.DiscardHandler))
	}()
	select {
	case <-handedOn:
	case <-time.After(10 * time.Second):
		t.Error("the session is not handed on")
	}
	cancel()
	<-watching
}

// recordedAnHourAgo leaves a session in the journal of a folder.
func recordedAnHourAgo(t *testing.T, dir string) {
	t.Helper()
	log, secrets := slog.New(slog.DiscardHandler), redact.NewSecrets()
	then := func() time.Time { return time.Now().Add(-time.Hour) }
	if err := os.MkdirAll(filepath.Join(dir, "journal"), 0o700); err != nil {
		t.Fatal(err)
	}
	journal, err := recorder.OpenJournal(wal.Folder(filepath.Join(dir, "journal")), wal.Options{}, redact.New(redact.Personal, secrets), then, log)
	if err != nil {
		t.Fatal(err)
	}
	defer journal.Close()
	rec, err := recorder.New(recorder.Options{
		Level: recorder.Standard, Journal: journal, Secrets: secrets, Transport: http.DefaultTransport, Now: then, Log: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer rec.Close()
	server := httptest.NewServer(rec)
	defer server.Close()
	post(t, server.URL, frames(0, oneEvent))
}
