package encode

import (
	"fmt"
	"image"
	"io"
	"time"

	"github.com/reelay/reelay/renderer/encode/internal/gif"
	"github.com/reelay/reelay/renderer/encode/internal/mkv"
	"github.com/reelay/reelay/renderer/encode/internal/shrink"
	"github.com/reelay/reelay/renderer/encode/internal/spool"
)

// picture is what a sink gets: a frame and how long it is shown.
type picture struct {
	pix      []byte            // in the sink's pixel format
	changed  []image.Rectangle // since the picture before
	from, to int               // ticks of the sink's grid; to is the next picture's from
	until    time.Duration     // the time of to, or the clip's end to the nanosecond
}

// sink makes one file of pictures. Its methods are called by one goroutine,
// and end with either close or abort.
type sink interface {
	add(p picture) error
	close() error
	abort()
	// frames is how many are in the file.
	frames() int
}

// stream sends pictures to ffmpeg.
type stream struct {
	process *process
	fps     int
	beat    int // the most ticks between two frames; 0 is no limit
	head    []byte
	last    picture
	sent    int
}

// heartbeat is the longest time without a frame in a video: a player that seeks
// shows nothing before the next one.
const heartbeat = 2 * time.Second

func startStream(p *process, h mkv.Header, beat time.Duration) (*stream, error) {
	s := &stream{process: p, fps: h.FPS, beat: ticks(beat, h.FPS)}
	if _, err := p.Write(mkv.AppendHeader(nil, h)); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *stream) add(p picture) error {
	s.last = p
	if err := s.send(p.from); err != nil {
		return err
	}
	if s.beat > 0 {
		for at := p.from + s.beat; at < p.to; at += s.beat {
			if err := s.send(at); err != nil {
				return err
			}
		}
	}
	return nil
}

// send writes the last picture as a frame of its own.
func (s *stream) send(tick int) error {
	s.head = mkv.AppendFrame(s.head[:0], moment(tick, s.fps), len(s.last.pix))
	if _, err := s.process.Write(s.head); err != nil {
		return err
	}
	if _, err := s.process.Write(s.last.pix); err != nil {
		return err
	}
	s.sent++
	return nil
}

// close repeats the last picture of a video on the last tick, because a video
// lasts one tick longer than the time of its last frame.
func (s *stream) close() error {
	if end := s.last.to - 1; s.beat > 0 && (end-s.last.from)%s.beat != 0 {
		if err := s.send(end); err != nil {
			return err
		}
	}
	return s.process.finish()
}

func (s *stream) abort()      { s.process.kill() }
func (s *stream) frames() int { return s.sent }

// animation makes a GIF.
type animation struct {
	writer *gif.Writer
	shown  int // hundredths of a second so far

	scaler *shrink.Scaler // nil at full size
	small  []byte
	parts  []image.Rectangle
}

func newAnimation(file io.WriteSeeker, source image.Point, s setting) (*animation, error) {
	a := &animation{}
	size := image.Pt(s.width, s.height)
	if size != source {
		a.scaler = shrink.New(source, size)
		a.small = make([]byte, 4*size.X*size.Y)
	}
	var err error
	if a.writer, err = gif.NewWriter(file, size.X, size.Y); err != nil {
		return nil, fmt.Errorf("write gif: %w", err)
	}
	return a, nil
}

func (a *animation) add(p picture) error {
	pix, parts := p.pix, p.changed
	if a.scaler != nil {
		pix, a.parts = a.small, a.parts[:0]
		for _, r := range p.changed {
			a.parts = append(a.parts, a.scaler.Scale(a.small, p.pix, r))
		}
		parts = a.parts
	}
	// Delays are differences of rounded times, so that no error adds up.
	until := hundredths(p.until)
	if err := a.writer.Add(pix, parts, until-a.shown); err != nil {
		return fmt.Errorf("write gif: %w", err)
	}
	a.shown = until
	return nil
}

func (a *animation) close() error {
	if err := a.writer.Close(); err != nil {
		return fmt.Errorf("write gif: %w", err)
	}
	return nil
}

func (a *animation) abort()      {}
func (a *animation) frames() int { return a.writer.Frames() }

// archive keeps pictures in a spool.
type archive struct {
	writer *spool.Writer
	kept   int
}

func (a *archive) add(p picture) error {
	a.kept++
	return a.writer.Add(p.from, p.pix, p.changed)
}

func (a *archive) close() error { return nil }
func (a *archive) abort()       {}
func (a *archive) frames() int  { return a.kept }
