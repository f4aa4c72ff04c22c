package renderer

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/disintegration/imaging"

	"github.com/reelay/reelay/renderer/compose"
	"github.com/reelay/reelay/session"
)

// album draws takes and keeps what becomes of them, in folders of its own, until
// everything is there.
type album struct {
	shoot       *shoot
	list        session.StepList
	illustrator *compose.Illustrator
	fonts       fontShelf
	folder      string // next to its target: what becomes the folder
	scratch     string // in the job's folder
	plan        compose.Plan
	telling     []int // the indexes of the steps on the storyboard
	tiles       []compose.Tile
	frames      []image.Point // sizes of the animation's frames, which are in scratch
	inlined     []inlined     // the pictures of the HTML file
}

func newAlbum(s *shoot) (*album, error) {
	a := &album{shoot: s, list: session.StepList{
		Lines: s.story.Lines, Environment: s.story.Environment, LeftOut: s.leftOut,
	}}
	var err error
	if a.illustrator, err = compose.NewIllustrator(s.req.Scale, s.req.Theme, nil); err != nil {
		return nil, err
	}
	if a.scratch, err = os.MkdirTemp(s.dir, "album-"); err != nil {
		return nil, fmt.Errorf("make album: %w", err)
	}
	if dir := s.req.folder(); dir != "" {
		if a.folder, err = os.MkdirTemp(filepath.Dir(dir), ".reelay-shots-*"); err != nil {
			return nil, fmt.Errorf("make album: %w", err)
		}
	}
	width, height := s.layout.picture.width, s.layout.picture.height
	if s.req.Crop {
		width, height = int(cropWidth*s.req.Scale), int(cropHeight*s.req.Scale)
	}
	a.telling = session.Telling(s.acts, compose.MostTiles)
	a.plan = compose.PlanBoard(len(a.telling), width, height)
	return a, nil
}

// discard removes what was not published.
func (a *album) discard() {
	if a.folder != "" {
		_ = os.RemoveAll(a.folder)
	}
}

// folder is the path of the folder that was asked for; empty if none was.
func (r *ShotsRequest) folder() string {
	for _, o := range r.Outputs {
		if o.Kind == ShotsFolder {
			return o.Path
		}
	}
	return ""
}

// add takes in a step.
func (a *album) add(ctx context.Context, t take) error {
	if len(t.page.Pix) > 0 {
		if err := a.draw(ctx, &t); err != nil {
			return fmt.Errorf("step %d: %w", t.number, err)
		}
	}
	a.list.Steps = append(a.list.Steps, t.step)
	return nil
}

// draw makes the pictures of a step.
func (a *album) draw(ctx context.Context, t *take) error {
	if err := a.fonts.supply(ctx, a.illustrator, t.still.Caption+t.still.Detail); err != nil {
		return err
	}
	drawn := a.illustrator.Draw(t.page, t.still)
	picture := toRGBA(drawn)
	if a.folder != "" {
		name := fmt.Sprintf("step-%02d.png", t.number)
		if t.still.Number == 0 {
			name = "last-page.png"
		}
		t.step.Image = &name
		if err := writePNG(filepath.Join(a.folder, name), picture); err != nil {
			return err
		}
	}
	if a.shoot.req.wants(ShotsHTML) {
		if err := a.inline(t.number, picture, t.page.Height); err != nil {
			return err
		}
	}
	if a.shoot.req.wants(ShotsGIF) {
		if err := a.keepFrame(picture); err != nil {
			return err
		}
	}
	if a.shoot.req.wants(ShotsStoryboard) && slices.Contains(a.telling, t.number-1) {
		a.tiles = append(a.tiles, a.tile(t))
	}
	return nil
}

// tile scales a step's page to its place on the storyboard.
func (a *album) tile(t *take) compose.Tile {
	page, still := t.page, t.still
	if a.shoot.req.FullPage {
		page, still = inView(page, still, a.shoot.layout.picture.height)
	}
	shrink := min(float64(a.plan.Width)/float64(page.Width), float64(a.plan.Height)/float64(page.Height), 1)
	width, height := max(1, int(float64(page.Width)*shrink)), max(1, int(float64(page.Height)*shrink))
	small := imaging.Resize(toRGBA(page), width, height, imaging.Lanczos)
	return compose.Tile{Page: fromNRGBA(small), Still: scaled(still, shrink)}
}

// inView cuts a whole document to the height that a person sees, around the
// target.
func inView(page compose.Picture, s compose.Still, height int) (compose.Picture, compose.Still) {
	middle := float64(height) / 2
	switch {
	case s.Point != nil:
		middle = s.Point.Y
	case s.Box != nil:
		middle = s.Box.Y + s.Box.Height/2
	}
	height = min(height, page.Height)
	top := min(max(int(middle)-height/2, 0), page.Height-height)
	if s.Box != nil {
		s.Box = &compose.Rect{X: s.Box.X, Y: s.Box.Y - float64(top), Width: s.Box.Width, Height: s.Box.Height}
	}
	if s.Point != nil {
		s.Point = &compose.Place{X: s.Point.X, Y: s.Point.Y - float64(top)}
	}
	return cut(page, 0, top, page.Width, height), s
}

// scaled is a still on a picture that was scaled.
func scaled(s compose.Still, by float64) compose.Still {
	if s.Box != nil {
		s.Box = &compose.Rect{X: s.Box.X * by, Y: s.Box.Y * by, Width: s.Box.Width * by, Height: s.Box.Height * by}
	}
	if s.Point != nil {
		s.Point = &compose.Place{X: s.Point.X * by, Y: s.Point.Y * by}
	}
	return s
}

// toRGBA converts a picture for encoders.
func toRGBA(p compose.Picture) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, p.Width, p.Height))
	for i := 0; i+3 < len(p.Pix) && i+3 < len(img.Pix); i += 4 {
		img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = p.Pix[i+2], p.Pix[i+1], p.Pix[i], 0xff
	}
	return img
}

// fromNRGBA takes over an opaque image of imaging.
func fromNRGBA(img *image.NRGBA) compose.Picture {
	p := compose.Picture{Width: img.Rect.Dx(), Height: img.Rect.Dy(), Pix: img.Pix}
	for i := 0; i+3 < len(p.Pix); i += 4 {
		p.Pix[i], p.Pix[i+2] = p.Pix[i+2], p.Pix[i]
	}
	return p
}

func writePNG(path string, img image.Image) error {
	return writeFile(path, func(w io.Writer) error {
		encoder := png.Encoder{CompressionLevel: png.BestSpeed}
		return encoder.Encode(w, img)
	})
}

// writeFile makes a file; it is removed by whoever owns the folder.
func writeFile(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666) //nolint:gosec // the user's umask decides
	if err != nil {
		return fmt.Errorf("make output: %w", err)
	}
	out := bufio.NewWriter(file)
	err = write(out)
	if err = errors.Join(err, out.Flush(), file.Close()); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	return nil
}
