package renderer

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"
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
	if d.req.Captions == "" || label == "" || !ok {
		return
	}
	d.say(from, "Click “"+label+"”")
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
