package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/reelay/reelay/renderer/chrome"
)

// What is swept is ours and old; folders that users named after us stay.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2030, 1, 2, 0, 0, 0, 0, time.UTC)
	const old, fresh = 48 * time.Hour, time.Minute
	age := func(path string, age time.Duration) {
		if err := os.Chtimes(path, now.Add(-age), now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	folder := func(name string, since time.Duration) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Join(path, "inside"), 0o700); err != nil {
			t.Fatal(err)
		}
		age(path, since)
		return path
	}
	for _, name := range []string{"reelay-job-1", "reelay-chrome-22", "reelay-visitor-333", "reelay-demo-4"} {
		folder(name, old)
	}
	stay := []string{"reelay", "reelay-notes", "reelay-my-branch", "reelay-shop-steps", "reelay-job-", "reelay-job-4b", "reelay-demo-clips", "other-job-4"}
	for _, name := range stay {
		folder(name, old)
	}
	folder("reelay-job-5", fresh)
	file := filepath.Join(dir, "reelay-job-6")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	age(file, old)
	stay = append(stay, "reelay-job-5", "reelay-job-6")
	if os.Geteuid() == 0 {
		if err := os.Chown(folder("reelay-job-7", old), 1000, 1000); err != nil {
			t.Fatal(err)
		}
		stay = append(stay, "reelay-job-7")
		if err := os.Chown(folder("reelay-chrome-8", old), chrome.Nobody, chrome.Nobody); err != nil {
			t.Fatal(err)
		}
	}

	if err := sweep(dir, now.Add(-24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, e := range entries {
		left = append(left, e.Name())
	}
	slices.Sort(stay)
	if !slices.Equal(left, stay) {
		t.Errorf("left are %v, want %v", left, stay)
	}
}
