package renderer

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/reelay/reelay/renderer/chrome"
	"github.com/reelay/reelay/session"
)

// Report tells what a render did, and what it could not show. Durations are in
// seconds.
type Report struct {
	Outputs []OutputReport `json:"outputs"`

	Session  float64 `json:"session_seconds"` // length of the rendered range
	Clip     float64 `json:"clip_seconds"`
	Wall     float64 `json:"wall_seconds"`
	RealTime float64 `json:"times_real_time"` // session seconds a wall second
	CPU      float64 `json:"cpu_seconds"`     // of all processes
	Skipped  float64 `json:"skipped_idle_seconds"`

	Ticks    int `json:"ticks"`           // frames of the clip at its full rate
	Captured int `json:"frames_captured"` // pictures taken from Chrome
	Composed int `json:"frames_composed"` // distinct frames, sent to the encoder
	Encoded  int `json:"frames_encoded"`  // in the first output

	Workers  int    `json:"workers"`
	Path     string `json:"capture_path"`             // surface, screenshot or mixed
	PathWhy  string `json:"capture_reason,omitempty"` // why not the surface
	Retries  int    `json:"retries"`
	Isolated bool   `json:"network_namespace"` // Chrome had a network without interfaces

	Stages map[string]float64 `json:"stage_seconds"` // they overlap

	Repaired    []Repair  `json:"repaired,omitempty"`    // in the recording
	Missing     []Missing `json:"missing,omitempty"`     // assets
	Unsupported []Missing `json:"unsupported,omitempty"` // content
}

// OutputReport is one file that was made.
type OutputReport struct {
	Path    string  `json:"path"`
	Format  string  `json:"format"`
	Bytes   int64   `json:"bytes"`
	Frames  int     `json:"frames"`
	Seconds float64 `json:"seconds"`
	Note    string  `json:"note,omitempty"`
}

// Repair is something wrong with a recording that was put right.
type Repair struct {
	Kind  string `json:"kind"`
	Count int    `json:"count"`
	Place string `json:"place,omitempty"` // of the first
	Text  string `json:"text"`            // the same, to be read
}

// Missing is something that a clip shows a placeholder for.
type Missing struct {
	Kind  string  `json:"kind"`
	URL   string  `json:"url,omitempty"`
	Page  string  `json:"page,omitempty"`
	From  float64 `json:"from_seconds"` // session time
	Until float64 `json:"until_seconds"`
	Count int     `json:"count"`
}

// notes gathers what stages could not show, without repeating itself.
type notes struct {
	seen map[noteKey]int
	list []gathered
}

type noteKey struct {
	kind, url string
	page      time.Duration
}

type gathered struct {
	chrome.Note

	count int
}

// longestURL is how much of an address a report repeats.
const longestURL = 300

// mostNotes is how many different ones a report lists.
const mostNotes = 500

func (n *notes) add(list []chrome.Note, page time.Duration) {
	for _, note := range list {
		if len(note.URL) > longestURL {
			note.URL = note.URL[:longestURL] + "…"
		}
		note.URL = session.WithoutSecrets(note.URL)
		key := noteKey{note.Kind, note.URL, page}
		if i, ok := n.seen[key]; ok {
			n.list[i].count++
			continue
		}
		if len(n.list) == mostNotes {
			continue
		}
		if n.seen == nil {
			n.seen = map[noteKey]int{}
		}
		n.seen[key] = len(n.list)
		n.list = append(n.list, gathered{note, 1})
	}
}

// missing splits the notes into assets and content. A note holds until its page
// ends.
func (d *director) missing() (assets, content []Missing) {
	found := map[string]bool{}
	for _, n := range d.notes.list {
		found[n.URL] = found[n.URL] || n.Kind == "found"
	}
	for _, n := range d.notes.list {
		switch {
		case n.Kind == badEvent: // counted as a repair
			continue
		case n.Kind == "found", n.Kind == "frame" && found[n.URL]:
			continue
		}
		page := d.tl.PageAt(n.At)
		m := Missing{Kind: n.Kind, URL: n.URL, Page: page.URL, From: n.At.Seconds(), Until: d.tl.PageEnd(n.At).Seconds(), Count: n.count}
		if n.Kind == "image" || n.Kind == "style" || n.Kind == "late" {
			assets = append(assets, m)
		} else {
			content = append(content, m)
		}
	}
	return assets, content
}

// badEvent is the kind of a stage's note on an event that could not be applied.
const badEvent = "event"

// repairs are those of the reading and, of notes, events that came to nothing.
func repairs(list []session.Note, notes *notes) []Repair {
	var r []Repair
	bad := 0
	for _, n := range notes.list {
		if n.Kind == badEvent {
			bad += n.count
		}
	}
	if bad > 0 {
		text := fmt.Sprintf("events that can't be applied left out (%d)", bad)
		r = append(r, Repair{Kind: "inapplicable", Count: bad, Text: text})
	}
	for _, n := range list {
		r = append(r, Repair{Kind: string(n.Kind), Count: n.Count, Place: n.Place, Text: n.String()})
	}
	return r
}

// Summary writes the report for a person to read.
func (r *Report) Summary(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s of session in %s: %.1fx real time", seconds(r.Session), seconds(r.Wall), r.RealTime)
	if r.Skipped > 0 {
		fmt.Fprintf(&b, ", %s idle skipped", seconds(r.Skipped))
	}
	fmt.Fprintf(&b, "\n%d frames: %d captured (%s), %d distinct\n", r.Ticks, r.Captured, r.Path, r.Composed)
	if r.PathWhy != "" {
		fmt.Fprintf(&b, "  screenshots, which are slower: %s\n", r.PathWhy)
	}
	if r.Retries > 0 {
		fmt.Fprintf(&b, "  chrome was restarted %d times\n", r.Retries)
	}
	for _, repair := range r.Repaired {
		fmt.Fprintf(&b, "  repaired: %s\n", repair.Text)
	}
	summarise(&b, "not in the recording", r.Missing)
	summarise(&b, "shown as a placeholder", r.Unsupported)
	for _, o := range r.Outputs {
		fmt.Fprintf(&b, "%s  %s, %s", o.Path, bytes(o.Bytes), seconds(o.Seconds))
		if o.Note != "" {
			fmt.Fprintf(&b, " (%s)", o.Note)
		}
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// summarise writes how many of each kind are missing, and one example.
func summarise(b *strings.Builder, what string, list []Missing) {
	counts := map[string]int{}
	var kinds []string
	examples := map[string]string{}
	for _, m := range list {
		if counts[m.Kind] == 0 {
			kinds = append(kinds, m.Kind)
			examples[m.Kind] = m.URL
		}
		counts[m.Kind] += m.Count
	}
	for _, kind := range kinds {
		fmt.Fprintf(b, "  %s: %d × %s", what, counts[kind], kind)
		if examples[kind] != "" {
			fmt.Fprintf(b, ", such as %s", examples[kind])
		}
		b.WriteByte('\n')
	}
}

func seconds(s float64) string {
	d := time.Duration(s * float64(time.Second))
	if d < time.Minute {
		return fmt.Sprintf("%.1f s", s)
	}
	return d.Round(time.Second).String()
}

func bytes(n int64) string {
	if n < 1e6 {
		return fmt.Sprintf("%.0f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
