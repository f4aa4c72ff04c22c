package main

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/reelay/reelay/session"
)

// stdio is the path that stands for standard input or output.
const stdio = "-"

// openSources checks that each of the paths can be read, so that a typing
// mistake is answered before any work starts.
func openSources(paths []string, con *console) ([]session.Part, error) {
	parts := make([]session.Part, 0, len(paths))
	piped := false
	for _, path := range paths {
		if path != stdio {
			if err := checkSource(path); err != nil {
				return nil, err
			}
			parts = append(parts, fileSource(path))
			continue
		}
		switch {
		case piped:
			return nil, usagef("give - once", "standard input can be read only once")
		case isTerminal(con.stdin):
			return nil, usagef("pipe a recording into reelay, or name its file", "standard input is a terminal")
		}
		piped = true
		parts = append(parts, session.Part{
			Name: "standard input",
			Open: func() (io.ReadCloser, error) { return io.NopCloser(con.stdin), nil },
		})
	}
	return parts, nil
}

func checkSource(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return usagef("check the path; - reads standard input", "%s: no such file", path)
	case err != nil:
		return usagef("check the path and its permissions", "look at %s: %w", path, err)
	case info.IsDir():
		return usagef("name the recording's files, in their order: "+path+"/*.json", "%s is a folder", path)
	case !info.Mode().IsRegular():
		return nil // A pipe can be opened only once.
	}
	file, err := os.Open(path)
	if err != nil {
		return usagef("make the file readable: chmod u+r "+path, "%w", err)
	}
	return file.Close()
}
