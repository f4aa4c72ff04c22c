package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/reelay/reelay/session"
)

// library is the folder that reelay record leaves sessions in, one bundle each.
type library string

// kept is a session of a library.
type kept struct {
	Path     string           `json:"path"`
	Bytes    int64            `json:"bytes"`
	Manifest session.Manifest `json:"manifest"`
}

// dataFlag names the data folder of a library.
type dataFlag struct {
	Data string `default:"reelay-data" type:"path" placeholder:"DIR" help:"Folder that reelay record keeps its sessions in; ${default} by default."`
}

func (f dataFlag) library() library { return library(filepath.Join(f.Data, "sessions")) }

// all returns the sessions, the oldest first; broken are the files that are none.
func (l library) all() (sessions []kept, broken []error, err error) {
	paths, err := filepath.Glob(filepath.Join(string(l), "*.reelay"))
	if err != nil {
		return nil, nil, fmt.Errorf("list sessions: %w", err)
	}
	for _, path := range paths {
		k, err := openKept(path)
		if err != nil {
			broken = append(broken, err)
			continue
		}
		sessions = append(sessions, k)
	}
	slices.SortStableFunc(sessions, func(a, b kept) int { return a.Manifest.Started.Compare(b.Manifest.Started) })
	return sessions, broken, nil
}

// find returns the one session whose id begins with that.
func (l library) find(id string) (kept, error) {
	sessions, _, err := l.all()
	if err != nil {
		return kept{}, err
	}
	var found []kept
	for _, k := range sessions {
		if id != "" && strings.HasPrefix(k.Manifest.Session, id) {
			found = append(found, k)
		}
	}
	switch len(found) {
	case 0:
		return kept{}, usagef("reelay sessions list has them; --data names another folder", "no session %q in %s", id, l)
	case 1:
		return found[0], nil
	}
	return kept{}, usagef("write more of its id", "%d sessions begin with %q", len(found), id)
}

// resolve puts a session's file in the place of its id. What is a file, or could
// be meant for one, stays.
func (l library) resolve(sources []string) error {
	for i, source := range sources {
		if source == stdio || strings.ContainsAny(source, `./`) {
			continue
		}
		if _, err := os.Stat(source); err == nil {
			continue
		}
		k, err := l.find(source)
		if err != nil {
			return err
		}
		sources[i] = k.Path
	}
	return nil
}

func openKept(path string) (kept, error) {
	f, err := os.Open(path)
	if err != nil {
		return kept{}, fmt.Errorf("open session: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return kept{}, fmt.Errorf("open session: %w", err)
	}
	b, err := session.OpenBundle(path, f, info.Size())
	if err != nil {
		return kept{}, err
	}
	return kept{Path: path, Bytes: info.Size(), Manifest: b.Manifest}, nil
}

// nameOf is a bundle's name in a library.
func nameOf(started time.Time, id string) string {
	return started.UTC().Format("20060102-150405-") + id[:8] + ".reelay"
}

// add checks the bundle at path as a whole and copies it into the library.
func (l library) add(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", usagef("check the path", "%w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return "", fmt.Errorf("import session: %w", err)
	}
	b, err := session.OpenBundle(path, f, info.Size())
	if err != nil {
		return "", err
	}
	// It becomes part of a file's name.
	if !regexp.MustCompile(`^[A-Za-z0-9_-]{16,64}$`).MatchString(b.Manifest.Session) {
		return "", &session.UnusableError{Source: path, Place: "manifest.json", Reason: "its session has no proper id", Hint: "export the session again"}
	}
	if err := b.Verify(); err != nil {
		return "", err
	}
	if known, err := l.find(b.Manifest.Session); err == nil {
		return "", usagef("reelay sessions rm "+b.Manifest.Session+" removes that one", "the session is there already: %s", known.Path)
	}
	if err := os.MkdirAll(string(l), 0o700); err != nil {
		return "", usagef("name another folder with --data", "make the folder of sessions: %w", err)
	}
	to := filepath.Join(string(l), nameOf(b.Manifest.Started, b.Manifest.Session))
	return to, publish(to, func(w io.Writer) error {
		_, err := io.Copy(w, io.NewSectionReader(f, 0, info.Size()))
		return err
	})
}

// unfinished matches what a publish has not given its name yet.
const unfinished = ".new-*"

// sweep removes what a publish that was killed has left. What is younger than a
// minute may be that of an import.
func (l library) sweep(now time.Time) error {
	paths, err := filepath.Glob(filepath.Join(string(l), unfinished))
	if err != nil {
		return fmt.Errorf("sweep sessions: %w", err)
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		if err == nil && now.Sub(info.ModTime()) > time.Minute {
			err = os.Remove(path)
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("sweep sessions: %w", err)
		}
	}
	return nil
}

// publish writes a file that has its name only when it is complete and on the
// disk.
func publish(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), unfinished)
	if err != nil {
		return fmt.Errorf("write session: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if err = write(f); err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write session: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("write session: %w", err)
	}
	return syncFolder(filepath.Dir(path))
}
