package renderer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/reelay/reelay/renderer/compose"
	"github.com/reelay/reelay/session"
)

// publish writes the files that are about all steps, and then gives everything
// its place. It returns the paths.
func (a *album) publish(ctx context.Context) ([]string, error) {
	a.finish()
	if a.folder != "" {
		for _, kind := range [...]ShotsKind{ShotsMarkdown, ShotsJSON, ShotsHTML, ShotsStoryboard, ShotsGIF, ShotsJourney} {
			if kind == ShotsJourney && !a.journeyWhole() {
				continue
			}
			if err := a.write(ctx, kind, filepath.Join(a.folder, string(kind))); err != nil {
				return nil, err
			}
		}
	}
	type made struct {
		file, target string
	}
	var single []made
	for i, o := range a.shoot.req.Outputs {
		if o.Kind == ShotsFolder {
			continue
		}
		file := filepath.Join(a.scratch, fmt.Sprintf("single-%d", i))
		if o.Path != "-" {
			file = filepath.Join(filepath.Dir(o.Path), fmt.Sprintf(".%s.part", filepath.Base(o.Path)))
			defer os.Remove(file) //nolint:errcheck // renamed by then, or of no use
		}
		if err := a.write(ctx, o.Kind, file); err != nil {
			return nil, err
		}
		single = append(single, made{file, o.Path})
	}
	var paths []string
	for _, m := range single {
		if m.target == "-" {
			if err := a.pipe(m.file); err != nil {
				return nil, err
			}
			continue
		}
		if err := os.Rename(m.file, m.target); err != nil {
			return nil, fmt.Errorf("name output: %w", err)
		}
		paths = append(paths, m.target)
	}
	if a.folder == "" {
		return paths, nil
	}
	files, err := settle(a.folder, a.shoot.req.folder())
	return append(paths, files...), err
}

// finish settles what only the last step tells.
func (a *album) finish() {
	if a.shoot.leftOut == 0 {
		return
	}
	if a.shoot.req.folder() != "" {
		a.shoot.remarks = append(a.shoot.remarks, fmt.Sprintf("no %s: it needs all steps (--max 0 keeps them)", ShotsJourney))
	}
	for _, o := range a.shoot.req.Outputs {
		if o.Kind == ShotsJourney {
			a.shoot.remarks = append(a.shoot.remarks, fmt.Sprintf("%s may not run: it needs all steps (--max 0 keeps them)", o.Path))
		}
	}
}

// journeyWhole says whether the steps lead from the beginning to the end.
func (a *album) journeyWhole() bool { return a.shoot.leftOut == 0 && !a.shoot.nothing }

// write makes one file.
func (a *album) write(ctx context.Context, kind ShotsKind, path string) error {
	switch kind {
	case ShotsStoryboard:
		return a.writeBoard(ctx, path)
	case ShotsGIF:
		return a.writeGIF(ctx, path)
	case ShotsMarkdown:
		return writeFile(path, a.list.WriteMarkdown)
	case ShotsJSON:
		return writeFile(path, a.writeJSON)
	case ShotsHTML:
		return writeFile(path, a.writeHTML)
	case ShotsJourney:
		return writeFile(path, func(w io.Writer) error { return a.list.WriteRecorder(w, a.title()) })
	case ShotsFolder:
	}
	return fmt.Errorf("make output: unknown kind %q", kind)
}

func (a *album) writeJSON(w io.Writer) error {
	steps := a.list.Steps
	if a.shoot.nothing || steps == nil {
		steps = []session.Step{}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(struct {
		Steps   []session.Step `json:"steps"`
		LeftOut int            `json:"steps_left_out,omitempty"`
	}{steps, a.list.LeftOut})
}

func (a *album) writeBoard(ctx context.Context, path string) error {
	board := compose.Storyboard{Title: a.title(), About: a.about(), Tiles: a.tiles}
	if err := a.fonts.supply(ctx, a.illustrator, board.Title+board.About); err != nil {
		return err
	}
	return writePNG(path, toRGBA(a.illustrator.DrawBoard(board, a.plan)))
}

func (a *album) title() string {
	if a.shoot.req.Title != "" {
		return a.shoot.req.Title
	}
	for _, step := range a.list.Steps {
		if step.Title != "" {
			return step.Title
		}
	}
	return "Steps to reproduce"
}

func (a *album) about() string {
	about := a.list.About()
	if n := len(a.list.Steps); n > len(a.tiles) {
		about = fmt.Sprintf("%d of %d steps · %s", len(a.tiles), n, about)
	}
	return about
}

// pipe copies a file to standard output.
func (a *album) pipe(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read output: %w", err)
	}
	defer file.Close() //nolint:errcheck // only read
	if _, err := io.Copy(a.shoot.req.Stdout, file); err != nil {
		return fmt.Errorf("write standard output: %w", err)
	}
	return nil
}

// settle gives a finished folder its place. Where a folder is there already, its
// files move in, and stills of an earlier run that are no longer any step's go.
func settle(from, to string) ([]string, error) {
	entries, err := os.ReadDir(from)
	if err != nil {
		return nil, fmt.Errorf("list output: %w", err)
	}
	var paths []string
	fresh := map[string]bool{}
	for _, entry := range entries {
		paths = append(paths, filepath.Join(to, entry.Name()))
		fresh[entry.Name()] = true
	}
	if err := os.Chmod(from, 0o755); err != nil { //nolint:gosec // a folder to be looked at
		return nil, fmt.Errorf("name output: %w", err)
	}
	info, err := os.Stat(to)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.Rename(from, to); err != nil {
			return nil, fmt.Errorf("name output: %w", err)
		}
		return paths, nil
	}
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is not a folder", to)
	}
	if err != nil {
		return nil, fmt.Errorf("name output: %w", err)
	}
	stale := imagesOf(filepath.Join(to, string(ShotsJSON)))
	for name := range fresh {
		if err := os.Rename(filepath.Join(from, name), filepath.Join(to, name)); err != nil {
			return nil, fmt.Errorf("name output: %w", err)
		}
	}
	for _, name := range stale {
		if !fresh[name] {
			_ = os.Remove(filepath.Join(to, name))
		}
	}
	return paths, nil
}

// imagesOf lists the stills that an earlier steps.json names, and nothing that
// it may have been made to name.
func imagesOf(path string) []string {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	var old struct {
		Steps []struct {
			Image string `json:"image"`
		} `json:"steps"`
	}
	if json.Unmarshal(data, &old) != nil {
		return nil
	}
	var names []string
	for _, step := range old.Steps {
		if ok, err := filepath.Match("step-[0-9]*.png", step.Image); err == nil && ok && filepath.Base(step.Image) == step.Image {
			names = append(names, step.Image)
		}
	}
	return names
}
