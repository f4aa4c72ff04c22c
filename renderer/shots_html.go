package renderer

import (
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"image"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/disintegration/imaging"

	"github.com/reelay/reelay/session"
)

//go:embed shots.html
var stepsHTML string

const (
	// widestInline bounds the pictures of the HTML file, so that it can be mailed.
	widestInline = 1280
	inlineQual   = 82
)

// inlined is a picture of the HTML file; its JPEG is in scratch.
type inlined struct {
	number        int
	width, height int
}

// inline puts a still aside for the HTML file.
func (a *album) inline(number int, picture *image.RGBA) error {
	var img image.Image = picture
	if picture.Rect.Dx() > widestInline {
		img = imaging.Resize(picture, widestInline, 0, imaging.CatmullRom)
	}
	in := inlined{number, img.Bounds().Dx(), img.Bounds().Dy()}
	err := writeFile(a.inlinePath(number), func(w io.Writer) error {
		return jpeg.Encode(w, img, &jpeg.Options{Quality: inlineQual})
	})
	a.inlined = append(a.inlined, in)
	return err
}

func (a *album) inlinePath(number int) string {
	return filepath.Join(a.scratch, fmt.Sprintf("inline-%d.jpg", number))
}

// htmlStep is a step as the template shows it.
type htmlStep struct {
	session.Step

	Clock         string
	Sentence      string
	Where         string
	Picture       template.URL
	Width, Height int
	Failed        bool
}

// writeHTML writes the one file that holds everything.
func (a *album) writeHTML(w io.Writer) error {
	page, err := template.New("steps").Parse(stepsHTML)
	if err != nil {
		return err
	}
	var steps []htmlStep
	for n, s := range a.list.Steps {
		data, err := os.ReadFile(a.inlinePath(a.inlined[n].number))
		if err != nil {
			return err
		}
		var url strings.Builder
		url.WriteString("data:image/jpeg;base64,")
		enc := base64.NewEncoder(base64.StdEncoding, &url)
		_, _ = enc.Write(data) // a builder takes everything
		_ = enc.Close()
		steps = append(steps, htmlStep{
			Step: s, Clock: session.Clock(s.Act.At), Sentence: s.Sentence(), Where: session.ShortURL(s.Page),
			Picture: template.URL(url.String()), //nolint:gosec // our own picture
			Width:   a.inlined[n].width, Height: a.inlined[n].height,
			Failed: s.Action == session.ActionError || s.Action == session.ActionRageClick,
		})
	}
	type line struct{ Clock, Kind, Text string }
	var lines []line
	for _, l := range a.list.Lines {
		lines = append(lines, line{session.Clock(l.At), string(l.Kind), l.Text})
	}
	return page.Execute(w, map[string]any{
		"Title": a.title(), "About": a.list.About(), "Steps": steps, "Lines": lines,
		"Trouble": a.list.Trouble(), "LeftOut": a.list.LeftOut, "Nothing": a.shoot.nothing,
	})
}
