package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/reelay/reelay/recorder/visitor"
	"github.com/reelay/reelay/renderer"
	"github.com/reelay/reelay/renderer/chrome"
)

// residue is how old a temporary folder is when nobody uses it any more: no
// render takes that long.
const residue = 24 * time.Hour

// sweep removes from dir the folders that killed programs of ours left there,
// if they were changed before the given time last. The folder for temporary
// files is everybody's, and users name theirs after us: only a name as
// os.MkdirTemp makes them, of our own user, is taken.
func sweep(dir string, before time.Time) error {
	prefixes := []string{renderer.FolderPrefix, chrome.FolderPrefix, visitor.FolderPrefix, demoPrefix}
	ours := regexp.MustCompile(`^(?:` + strings.Join(prefixes, "|") + `)[0-9]+$`)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("list temporary folders: %w", err)
	}
	var errs []error
	for _, entry := range entries {
		if !entry.IsDir() || !ours.MatchString(entry.Name()) {
			continue
		}
		if info, err := entry.Info(); err == nil && owned(info) && info.ModTime().Before(before) {
			errs = append(errs, os.RemoveAll(filepath.Join(dir, entry.Name())))
		}
	}
	return errors.Join(errs...)
}

// owned says whether a folder is this user's, or that of the Chromes that this
// user starts.
func owned(info os.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return false
	}
	user := os.Geteuid()
	return int(stat.Uid) == user || user == 0 && stat.Uid == chrome.Nobody
}
