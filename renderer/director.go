package renderer

import (
	"context"
	"fmt"
	"image"
	"math"
	"strconv"
	"time"

	"github.com/reelay/reelay/renderer/chrome"
	"github.com/reelay/reelay/renderer/compose"
	"github.com/reelay/reelay/renderer/encode"
	"github.com/reelay/reelay/renderer/timeline"
)

// director goes through a clip tick by tick, with the shots of its spans in
// order, and sends the composed frames to the encoder.
type director struct {
	req       Request
	tl        *timeline.Timeline
	layout    layout
	composer  *compose.Composer
	encoder   *encode.Encoder
	stats     *stats
	captions  []caption
	announced string // the address of the last page that captions told of

	fonts    fontShelf
	lettered map[string]bool // texts that the composer has fonts for

	page   chrome.Picture
	tick   int // the next to compose
	poster int // the tick of the poster
	known  knowledge
	notes  notes
}

// knowledge is what the stage has told so far.
type knowledge struct {
	cursor compose.CursorShape
	bases  map[int]chrome.Base  // of nodes inside frames
	fields map[int]chrome.Typed // what is typed into
}

func newDirector(req Request, tl *timeline.Timeline, l layout, composer *compose.Composer, encoder *encode.Encoder, st *stats) *director {
	d := &director{
		req: req, tl: tl, layout: l, composer: composer, encoder: encoder, stats: st,
		known:  knowledge{bases: map[int]chrome.Base{}, fields: map[int]chrome.Typed{}},
		page:   chrome.Picture{Width: l.picture.width, Height: l.picture.height, Pix: make([]byte, 4*l.picture.width*l.picture.height)},
		poster: poster(tl), lettered: map[string]bool{},
	}
	return d
}

// poster chooses the tick that stands for the clip: the first click, when the
// page has been worked with, or else the middle.
func poster(tl *timeline.Timeline) int {
	for _, c := range tl.Clicks(tl.At(0), tl.At(tl.Ticks()-1)) {
		if at, ok := tl.ClipTime(c.At); ok {
			return min(int(math.Ceil(at.Seconds()*float64(tl.FPS)))+1, tl.Ticks()-1)
		}
	}
	return tl.Ticks() / 2
}

// follow composes the ticks up to end with the shots of one reel.
func (d *director) follow(ctx context.Context, r reel, end int) error {
	for {
		s, ok, err := r.next(ctx)
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		if err := d.until(ctx, s.tick); err != nil {
			return err
		}
		for _, facts := range s.facts {
			d.learn(facts)
		}
		d.note(s)
		if s.whole {
			s = s.since(d.page)
		}
		s.unpack(d.page)
		err = d.compose(ctx, s.rects)
		r.giveBack(s)
		if err != nil {
			return err
		}
	}
	return d.until(ctx, end)
}

// until composes the ticks before the given one, in which the page stays as it is.
func (d *director) until(ctx context.Context, tick int) error {
	for d.tick < tick {
		if err := d.compose(ctx, nil); err != nil {
			return err
		}
	}
	return nil
}

// compose composes the next tick and encodes it if it looks different.
func (d *director) compose(ctx context.Context, changed []image.Rectangle) error {
	d.announce(d.tick)
	scene := d.scene(d.tick)
	if err := d.letter(ctx, scene); err != nil {
		return err
	}
	composed := d.stats.time(&d.stats.compose)
	dirty := d.composer.Draw(compose.Picture(d.page), changed, scene)
	composed()
	isPoster := d.tick == d.poster
	if len(dirty) > 0 || isPoster {
		d.stats.composed.Add(1)
		encoded := d.stats.time(&d.stats.encode)
		err := d.encoder.Write(encode.Frame{
			PTS: d.tl.Clip(d.tick), Pix: d.composer.Canvas().Pix, Dirty: dirty, Poster: isPoster,
		})
		encoded()
		if err != nil {
			return fmt.Errorf("encode frame at %v: %w", d.tl.Clip(d.tick), err)
		}
	}
	d.tick++
	d.tell()
	return nil
}

// letter finds fonts for what a scene says.
func (d *director) letter(ctx context.Context, scene compose.Scene) error {
	texts := []string{scene.Caption}
	if scene.Footer != nil {
		texts = append(texts, scene.Footer.URL)
	}
	for _, key := range scene.Keys {
		texts = append(texts, key.Text)
	}
	for _, text := range texts {
		if text == "" || d.lettered[text] {
			continue
		}
		d.lettered[text] = true
		if err := d.fonts.supply(ctx, d.composer, text); err != nil {
			return fmt.Errorf("find fonts: %w", err)
		}
	}
	return nil
}

// learn takes in what the stage told.
func (d *director) learn(facts chrome.Result) {
	switch facts.Cursor {
	case "pointer":
		d.known.cursor = compose.Hand
	case "text":
		d.known.cursor = compose.Caret
	case "default":
		d.known.cursor = compose.Arrow
	}
	for id, base := range facts.Bases {
		node, err := strconv.Atoi(id)
		if err != nil {
			continue
		}
		if base == (chrome.Base{Scale: 1}) {
			delete(d.known.bases, node)
		} else {
			d.known.bases[node] = base
		}
	}
	for _, f := range facts.Inputs {
		d.known.fields[f.Node] = f
	}
	for _, c := range facts.Clicks {
		d.narrate(time.Duration(c.T*float64(time.Millisecond)), c.Label)
	}
}

// note gathers what a shot can't show. What was told on the way to a tick within
// the clip was told before, when its own tick was shot.
func (d *director) note(s shot) {
	told := s.facts
	if s.tick > 0 {
		told = told[len(told)-1:]
	}
	for _, facts := range told {
		d.notes.add(facts.Notes, d.tl.PageAt(d.tl.At(s.tick)).At)
	}
}

// tellEvery is how many ticks pass between two reports of progress.
const tellEvery = 15

func (d *director) tell() {
	if d.tick%tellEvery == 0 {
		progress(d.req, Progress{Stage: "render", Done: d.tl.Clip(d.tick), Total: d.tl.Clip(d.tl.Ticks())})
	}
}
