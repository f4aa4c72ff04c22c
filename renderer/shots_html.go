package renderer

import (
	"cmp"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"image"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"slices"
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
	width, height int // in CSS pixels
}

// inline puts a still aside for the HTML file, which has the caption in words:
// the picture is only as high as the page.
func (a *album) inline(number int, picture *image.RGBA, height int) error {
	img := picture.SubImage(image.Rect(0, 0, picture.Rect.Dx(), height))
	if picture.Rect.Dx() > widestInline {
		img = imaging.Resize(img, widestInline, 0, imaging.CatmullRom)
	}
	scale := a.shoot.req.Scale
	in := inlined{number, int(float64(picture.Rect.Dx()) / scale), int(float64(height) / scale)}
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
	trouble, wrong := a.list.Trouble()
	return page.Execute(w, map[string]any{
		"Title": a.title(), "Facts": a.facts(), "Steps": steps, "Trouble": trouble, "Wrong": wrong,
		"Console": a.lines(session.ErrorLine, session.WarningLine), "Requests": a.lines(session.RequestLine),
		"LeftOut": a.list.LeftOut, "Nothing": a.shoot.nothing,
	})
}

// facts are those of the list, and where the visit began.
func (a *album) facts() []session.Fact {
	facts := a.list.Facts()
	if len(a.list.Steps) > 0 {
		if page := cmp.Or(a.list.Steps[0].Page, a.list.Steps[0].To); page != "" {
			facts = append([]session.Fact{{Name: "Page", Value: page}}, facts...)
		}
	}
	return facts
}

// htmlLine is a line of the console, or a failed request.
type htmlLine struct {
	Clock, Text string
	Warning     bool
}

func (a *album) lines(kinds ...session.LineKind) []htmlLine {
	var lines []htmlLine
	for _, l := range a.list.Lines {
		if slices.Contains(kinds, l.Kind) {
			lines = append(lines, htmlLine{session.Clock(l.At), l.Text, l.Kind == session.WarningLine})
		}
	}
	return lines
}
