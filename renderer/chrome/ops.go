package chrome

import (
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Ops are operations for a page, in order, as the JSON that the stage takes
// (Op in player/web/src/protocol.ts). The zero value is empty and ready.
type Ops struct {
	buf []byte
	n   int
}

// Len is the number of operations.
func (o *Ops) Len() int { return o.n }

// Size is the operations' size in bytes.
func (o *Ops) Size() int { return len(o.buf) }

// Reset empties the list and keeps its memory.
func (o *Ops) Reset() { o.buf, o.n = o.buf[:0], 0 }

// nested is the size in bytes from which on events go as text: Chrome takes in no
// more than 300 levels of JSON, and gives no answer to more.
const nested = 512

// Event applies a recorded event, given as canonical JSON, of a stream.
func (o *Ops) Event(at time.Duration, stream int, raw []byte) {
	o.begin(at)
	o.buf = append(o.buf, `,"w":`...)
	o.buf = strconv.AppendInt(o.buf, int64(stream), 10)
	o.buf = append(o.buf, `,"e":`...)
	if len(raw) < nested {
		o.buf = append(o.buf, raw...)
	} else {
		o.buf, _ = jsontext.AppendQuote(o.buf, raw) // valid UTF-8: it is canonical
	}
	o.end()
}

// Drop forgets streams of which nothing more will come.
func (o *Ops) Drop(at time.Duration, streams []int) {
	o.begin(at)
	o.buf = append(o.buf, `,"d":[`...)
	for i, stream := range streams {
		if i > 0 {
			o.buf = append(o.buf, ',')
		}
		o.buf = strconv.AppendInt(o.buf, int64(stream), 10)
	}
	o.buf = append(o.buf, ']')
	o.end()
}

// Show brings a stream's page into view.
func (o *Ops) Show(at time.Duration, stream int) {
	o.begin(at)
	o.buf = append(o.buf, `,"v":`...)
	o.buf = strconv.AppendInt(o.buf, int64(stream), 10)
	o.end()
}

// Hover moves :hover to a node of a stream. next is the node that the pointer
// moves to after it, or -1.
func (o *Ops) Hover(at time.Duration, stream, node, next int) {
	o.begin(at)
	o.buf = append(o.buf, `,"w":`...)
	o.buf = strconv.AppendInt(o.buf, int64(stream), 10)
	o.buf = append(o.buf, `,"h":`...)
	o.buf = strconv.AppendInt(o.buf, int64(node), 10)
	o.buf = append(o.buf, `,"n":`...)
	o.buf = strconv.AppendInt(o.buf, int64(next), 10)
	o.end()
}

// Motion says that what the next operations set moving in a stream's page begins
// to move at the session time begins.
func (o *Ops) Motion(at time.Duration, stream int, begins time.Duration) {
	o.begin(at)
	o.buf = append(o.buf, `,"w":`...)
	o.buf = strconv.AppendInt(o.buf, int64(stream), 10)
	o.buf = append(o.buf, `,"m":`...)
	o.buf = append(o.buf, milliseconds(begins)...)
	o.end()
}

// Scroll scrolls a node of a stream to (x, y) CSS pixels.
func (o *Ops) Scroll(at time.Duration, stream, node int, x, y float64) {
	o.begin(at)
	o.buf = append(o.buf, `,"w":`...)
	o.buf = strconv.AppendInt(o.buf, int64(stream), 10)
	o.buf = append(o.buf, `,"s":[`...)
	o.buf = strconv.AppendInt(o.buf, int64(node), 10)
	o.number(x)
	o.number(y)
	o.buf = append(o.buf, ']')
	o.end()
}

// Place puts the page's top left corner at (x, y) of the window, scaled.
func (o *Ops) Place(at time.Duration, x, y, scale float64) {
	o.begin(at)
	o.buf = append(o.buf, `,"f":[`...)
	o.buf = strconv.AppendFloat(o.buf, x, 'f', -1, 64)
	o.number(y)
	o.number(scale)
	o.buf = append(o.buf, ']')
	o.end()
}

func (o *Ops) number(f float64) {
	o.buf = append(o.buf, ',')
	o.buf = strconv.AppendFloat(o.buf, f, 'f', -1, 64)
}

func (o *Ops) begin(at time.Duration) {
	if o.n > 0 {
		o.buf = append(o.buf, ',')
	} else {
		o.buf = append(o.buf[:0], '[')
	}
	o.buf = append(o.buf, `{"t":`...)
	o.buf = strconv.AppendFloat(o.buf, float64(at)/float64(time.Millisecond), 'f', -1, 64)
}

func (o *Ops) end() {
	o.buf = append(o.buf, '}')
	o.n++
}

// json is the whole list; the operations stay as they are.
func (o *Ops) json() jsontext.Value {
	if o.n == 0 {
		return jsontext.Value("[]")
	}
	return append(o.buf, ']')
}
