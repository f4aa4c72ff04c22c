package renderer

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/reelay/reelay/session"
)

// caption is a line of narration, in clip time.
type caption struct {
	from, to time.Duration
	text     string
}

// captionLife is how long a caption stays if no other follows.
const captionLife = 2500 * time.Millisecond

// narrate tells of a click on what label names, at session time at.
func (d *director) narrate(at time.Duration, label string) {
	from, ok := d.tl.ClipTime(at)
	if d.req.Captions == "" || label == "" || session.IsMask(label) || !ok {
		return
	}
	d.say(from, "Click “"+label+"”")
}

// announce tells of a page that came into view at a tick.
func (d *director) announce(tick int) {
	page := d.tl.PageAt(d.tl.At(tick))
	if d.req.Captions == "" || page.URL == d.announced {
		return
	}
	d.announced = page.URL
	name := page.Title
	if name == "" {
		name = page.URL
	}
	d.say(d.tl.Clip(tick), "Open “"+name+"”")
}

// say begins a caption at a clip time and ends the one before it.
func (d *director) say(from time.Duration, text string) {
	if n := len(d.captions); n > 0 {
		last := &d.captions[n-1]
		if from <= last.from {
			return
		}
		last.to = min(last.to, from)
	}
	d.captions = append(d.captions, caption{from: from, to: min(from+captionLife, d.tl.Clip(d.tl.Ticks())), text: text})
}

func (d *director) captionAt(clip time.Duration) string {
	if n := len(d.captions); n > 0 && d.captions[n-1].from <= clip && clip < d.captions[n-1].to {
		return d.captions[n-1].text
	}
	return ""
}

// vtt is a caption file that waits for its clip.
type vtt struct{ path, part string }

// newVTT writes the captions beside path; no path, no file.
func newVTT(path string, captions []caption) (_ vtt, err error) {
	if path == "" {
		return vtt{}, nil
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.part")
	if err != nil {
		return vtt{}, fmt.Errorf("write captions: %w", err)
	}
	v := vtt{path: path, part: file.Name()}
	err = errors.Join(writeVTT(file, captions), file.Chmod(0o644), file.Sync(), file.Close())
	if err != nil {
		return vtt{}, errors.Join(fmt.Errorf("write captions: %w", err), v.discard())
	}
	return v, nil
}

// publish gives the file its name.
func (v vtt) publish() error {
	if v.path == "" {
		return nil
	}
	return os.Rename(v.part, v.path)
}

func (v vtt) discard() error {
	if v.path == "" {
		return nil
	}
	return os.Remove(v.part)
}

// writeVTT writes the captions as WebVTT (W3C).
func writeVTT(w io.Writer, captions []caption) error {
	out := bufio.NewWriter(w)
	fmt.Fprint(out, "WEBVTT\n")
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	for _, c := range captions {
		fmt.Fprintf(out, "\n%s --> %s\n%s\n", vttTime(c.from), vttTime(c.to), escape.Replace(c.text))
	}
	return out.Flush()
}

func vttTime(d time.Duration) string {
	ms := d.Milliseconds()
	return fmt.Sprintf("%02d:%02d:%02d.%03d", ms/3600000, ms/60000%60, ms/1000%60, ms%1000)
}
