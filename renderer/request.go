package renderer

import (
	"io"
	"time"

	"github.com/reelay/reelay/renderer/chrome"
	"github.com/reelay/reelay/session"
)

// Request asks for one clip of one recording, in one or several formats.
type Request struct {
	// Sources are the recording's parts, in order.
	Sources []session.Part

	// Outputs are the files to make from one capture.
	Outputs []Output

	// Assets finds what the recording archived for a URL; nil if nothing was.
	Assets chrome.Assets

	From, To time.Duration // range of session time; To 0 means the end
	Speed    float64       // 1 is real time
	Idle     time.Duration // idle stretches are cut to this length; 0 keeps them
	FPS      int

	// Width and Height are the clip's size in pixels, footer included; 0 takes
	// the largest page of the range.
	Width, Height int
	Scale         float64 // device pixels per CSS pixel of the clip

	Cursor, Clicks, Keys, Footer bool

	Captions string   // WebVTT file to write; captions are then drawn as well
	Redact   []string // CSS selectors whose boxes are blacked out
	Workers  int      // Chromes for this render; 0: as many of the pool's as are worth their start

	// Stdout takes the output whose path is "-".
	Stdout io.Writer

	// Progress is called from one goroutine, at most a few times a second.
	Progress func(Progress)
}

// Output is one file to make. Path "-" writes to Stdout.
type Output struct {
	Path   string
	Format string // "mp4", "webm", "gif", "webp" or "png"
	Fit    int64  // largest size in bytes; 0 means no limit
}

// Progress is how far a render is.
type Progress struct {
	Stage string        // "read", "render", "encode"
	Done  time.Duration // clip time finished
	Total time.Duration // clip time in all; 0 while unknown
}
