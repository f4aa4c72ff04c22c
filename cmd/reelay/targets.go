package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/reelay/reelay/renderer"
)

// target is a file that a verb is going to make, and the flag that asks for it.
type target struct{ flag, path string }

// outputs checks every file that the render is going to make, so that nothing
// is rendered that can't be kept, and returns those that are clips.
func (c *renderCmd) outputs(con *console) ([]renderer.Output, error) {
	var (
		outputs []renderer.Output
		targets []target
	)
	for _, path := range c.Output {
		format, err := formatOf(path)
		if err != nil {
			return nil, err
		}
		outputs = append(outputs, renderer.Output{Path: path, Format: format, Fit: int64(c.Fit)})
		targets = append(targets, target{"-o", path})
	}
	if slices.Contains(c.Output, stdio) {
		switch {
		case con.json:
			return nil, usagef("leave one of them out; --report FILE.json has the same content",
				"the clip and --json both want standard output")
		case isTerminal(con.stdout):
			return nil, usagef("pipe it into a program or a file, or name a file: -o clip.mp4",
				"standard output is a terminal, which can't show a clip")
		}
	}
	if c.Captions != "" {
		if !strings.EqualFold(filepath.Ext(c.Captions), ".vtt") {
			return nil, usagef("captions are WebVTT: name a .vtt file", "--captions %s: the extension doesn't fit", c.Captions)
		}
		targets = append(targets, target{"--captions", c.Captions})
	}
	if c.Report != "" {
		targets = append(targets, target{"--report", c.Report})
	}
	return outputs, checkTargets(targets, c.Sources)
}

// formatOf tells a clip's format by the extension of its path.
func formatOf(path string) (string, error) {
	if path == stdio {
		return "mp4", nil
	}
	extension := strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), ".")
	formats := []string{"mp4", "webm", "gif", "webp", "png"}
	if !slices.Contains(formats, extension) {
		return "", usagef("end it in ."+strings.Join(formats, ", ."), "-o %s: the extension doesn't name a format", path)
	}
	return extension, nil
}

// checkTargets refuses targets that could not be written, or that would
// overwrite one another or a source.
func checkTargets(targets []target, sources []string) error {
	taken := map[string]string{} // real path → who uses it
	for _, source := range sources {
		if source != stdio {
			taken[realPath(source)] = "the recording"
		}
	}
	for _, t := range targets {
		real := t.path
		if t.path != stdio {
			if err := checkTarget(t); err != nil {
				return err
			}
			real = realPath(t.path)
		}
		if user, ok := taken[real]; ok {
			return usagef("give each a name of its own", "%s %s is the same file as %s", t.flag, t.path, user)
		}
		taken[real] = t.flag + " " + t.path
	}
	return nil
}

func checkTarget(t target) error {
	info, err := os.Stat(t.path)
	switch {
	case err == nil && info.IsDir():
		return usagef("add a file name: "+filepath.Join(t.path, "clip.mp4"), "%s %s is a folder", t.flag, t.path)
	case err == nil && !info.Mode().IsRegular():
		return usagef("- writes to standard output", "%s %s is not a regular file", t.flag, t.path)
	}
	dir := filepath.Dir(t.path)
	info, err = os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return usagef("make it first: mkdir -p "+dir, "%s %s: the folder %s doesn't exist", t.flag, t.path, dir)
	case err != nil:
		return usagef("check the path and its permissions", "%s: look at folder: %w", t.flag, err)
	case !info.IsDir():
		return usagef("check the path", "%s %s: %s is not a folder", t.flag, t.path, dir)
	}
	// Only an attempt tells: permissions, read-only mounts and quotas differ.
	probe, err := os.CreateTemp(dir, ".reelay-*")
	if err != nil {
		return usagef("choose a folder that can be written", "%s %s: write to folder: %w", t.flag, t.path, err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// realPath is path without symbolic links, also if only its folder exists yet.
func realPath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	} else if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		path = filepath.Join(dir, filepath.Base(path))
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return path
}
