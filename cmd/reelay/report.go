package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/reelay/reelay/renderer"
)

// publish hands over what a finished render has to say: the report's file, the
// result on standard output and, to people, the summary.
func (c *renderCmd) publish(report *renderer.Report, con *console) error {
	if c.Report != "" {
		if err := writeJSON(c.Report, report); err != nil {
			return fmt.Errorf("write report: %w", err)
		}
	}
	if con.json {
		return con.result(report)
	}
	if err := report.Summary(con.stderr); err != nil {
		return err
	}
	for _, path := range c.Output {
		if path == stdio {
			continue
		}
		if _, err := fmt.Fprintln(con.stdout, path); err != nil {
			return err
		}
	}
	return nil
}

// writeJSON writes v to path whole or not at all.
func writeJSON(path string, v any) (err error) {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".reelay-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name())
		}
	}()
	_, err = file.Write(append(text, '\n'))
	if err = errors.Join(err, file.Chmod(0o644), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
