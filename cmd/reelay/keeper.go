package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/reelay/reelay/recorder"
	"github.com/reelay/reelay/recorder/redact"
	"github.com/reelay/reelay/recorder/wal"
)

// When a session is over.
const (
	// leftFor is how long every page of a session must have been gone: a
	// click on a link leaves one page before the next begins.
	leftFor = 10 * time.Second
	// idleFor is the pause after which the script begins another session.
	idleFor = 15 * time.Minute
	// reserve is what stays free on the disk, in bytes, and percentReserve in
	// percent of it. Handing a session on frees more than it takes, so that it
	// may use three quarters of that: a full disk would stay full.
	reserve        = 1 << 30
	percentReserve = 5
)

// keeper owns a folder with recorded sessions:
//
//	journal/   events that were acknowledged and not handed on
//	assets/    style sheets, fonts, images and media by their hash
//	sessions/  sessions that are over, one bundle each
//
// and unrecorded.ndjson, the pages that could not be recorded, and why.
type keeper struct {
	dir     string
	level   recorder.Level
	lock    *os.File
	journal *recorder.Journal
	archive *recorder.Archive
	secrets *redact.Secrets
	room    func(n int64) error // whether a bundle of n bytes may be written
	done    func(path string)   // called with each new bundle
	fetch   fetcher             // nil before there is a recorder

	elsewhere *http.Transport // to hosts that are not recorded
}

// fetcher gets the assets that passed nobody by.
type fetcher interface {
	FetchMissing(ctx context.Context) error
	FetchAll(ctx context.Context) error
}

// openKeeper opens the folder, making it if need be, for this process alone.
func openKeeper(dir string, level recorder.Level, log *slog.Logger, done func(string)) (*keeper, error) {
	k := &keeper{dir: dir, level: level, secrets: redact.NewSecrets(), done: done, elsewhere: recorder.NewPublicTransport()}
	for _, sub := range []string{"journal", "assets", "sessions"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return nil, usagef("name another folder with --data", "make the data folder: %w", err)
		}
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, errors.Join(usagef("name another folder with --data", "%s is in use by another reelay", dir), lock.Close())
	}
	k.lock = lock
	if err := library(filepath.Join(dir, "sessions")).sweep(time.Now()); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	redactor := redact.New(level.Scope(), k.secrets)
	admit := recorder.Reserve(dir, reserve, percentReserve)
	k.room = recorder.Reserve(dir, reserve/4, percentReserve/4)
	k.journal, err = recorder.OpenJournal(wal.Folder(filepath.Join(dir, "journal")), wal.Options{Admit: admit}, redactor, time.Now, log)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	k.archive, err = recorder.OpenArchive(filepath.Join(dir, "assets"), redactor, admit, time.Now, log)
	if err != nil {
		k.journal.Close()
		return nil, errors.Join(err, lock.Close())
	}
	return k, nil
}

// recorder makes a recorder that keeps what it gets here. A nil target takes
// the site from each request.
func (k *keeper) recorder(target *url.URL, transport http.RoundTripper, log *slog.Logger) (*recorder.Recorder, error) {
	rec, err := recorder.New(recorder.Options{
		Target: target, Elsewhere: k.elsewhere, Level: k.level, Journal: k.journal, Archive: k.archive,
		Secrets: k.secrets, Transport: transport, Now: time.Now, Log: log,
		Unrecorded: func(u recorder.Unrecorded) {
			if err := k.miss(u); err != nil {
				log.Warn("unrecorded page was not noted", "error", err)
			}
		},
	})
	k.fetch = rec
	return rec, err
}

// miss notes a page that was shown without being recorded.
func (k *keeper) miss(u recorder.Unrecorded) error {
	line, err := json.Marshal(struct {
		At time.Time `json:"at"`
		recorder.Unrecorded
	}{time.Now().UTC(), u})
	if err != nil {
		return fmt.Errorf("note page: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(k.dir, "unrecorded.ndjson"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("note page: %w", err)
	}
	_, err = f.Write(append(line, '\n'))
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("note page: %w", err)
	}
	return nil
}

// handOnAll hands on every session, over or not: nobody records any more.
func (k *keeper) handOnAll(ctx context.Context) error {
	var missing error
	if k.fetch != nil {
		within, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainFor)
		defer cancel()
		missing = k.fetch.FetchAll(within)
	}
	return errors.Join(missing, k.handOn(context.WithoutCancel(ctx), func(recorder.SessionInfo) bool { return true }))
}

func (k *keeper) close() error {
	k.elsewhere.CloseIdleConnections()
	err := k.archive.Close()
	k.journal.Close()
	return errors.Join(err, k.lock.Close())
}

// watch fetches assets and hands sessions on as they end, until ctx is
// cancelled. Neither waits for the other: a host that does not answer keeps no
// session from being handed on.
func (k *keeper) watch(ctx context.Context, log *slog.Logger) {
	var both sync.WaitGroup
	both.Go(func() {
		everyTwoSeconds(ctx, func(time.Time) {
			if err := k.fetch.FetchMissing(ctx); err != nil {
				log.ErrorContext(ctx, "assets are missing", "error", err)
			}
		})
	})
	both.Go(func() {
		everyTwoSeconds(ctx, func(now time.Time) {
			if err := k.handOn(ctx, func(s recorder.SessionInfo) bool { return over(s, now) }); err != nil {
				log.ErrorContext(ctx, "session was not handed on and will be tried again", "error", err)
			}
		})
	})
	both.Wait()
}

// everyTwoSeconds does something until ctx is cancelled.
func everyTwoSeconds(ctx context.Context, do func(now time.Time)) {
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			do(now)
		}
	}
}

func over(s recorder.SessionInfo, now time.Time) bool {
	quiet := now.Sub(s.Last)
	return s.Left && quiet > leftFor || quiet > idleFor
}

// handOn makes a bundle of each session that is over. It can be cut short at
// any point and repeated. A session that fails keeps no other from it.
func (k *keeper) handOn(ctx context.Context, isOver func(recorder.SessionInfo) bool) error {
	var errs []error
	for _, s := range k.journal.Sessions() {
		if isOver(s) {
			errs = append(errs, k.bundle(ctx, s))
		}
	}
	return errors.Join(errs...)
}

// bundle makes a bundle of a session, if there is anything in it, after which
// its events leave the journal.
func (k *keeper) bundle(ctx context.Context, s recorder.SessionInfo) error {
	if err := k.room(s.Bytes); err != nil {
		return fmt.Errorf("write session: %w", err)
	}
	k.journal.Seal(s.ID)
	path := filepath.Join(k.dir, "sessions", nameOf(s.First, s.ID))
	err := publish(path, func(w io.Writer) error {
		_, err := recorder.Export(k.journal, k.archive, s.ID, k.level, w)
		return err
	})
	empty := errors.Is(err, recorder.ErrEmpty)
	if err != nil && !empty {
		return err
	}
	if err := k.journal.Finish(ctx, s.ID); err != nil {
		return err
	}
	if !empty {
		k.done(path)
	}
	return nil
}

// syncFolder makes the names in a folder survive a crash.
func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	defer func() { _ = f.Close() }()
	if err := f.Sync(); err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	return nil
}
