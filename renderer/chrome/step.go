package chrome

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// stepTimeout is how long a step may take beyond the resource deadline: huge
// snapshots are slow to build, but a page that hangs must not hold a render.
const stepTimeout = 30 * time.Second

// Step applies the operations to the page and brings it from the tick before to
// the one at, both session times. It returns when the page is ready to be drawn.
// Where the last step's picture is being drawn at the same time, it begins when
// that picture needs the page no more.
func (p *Page) Step(ctx context.Context, ops *Ops, before, at time.Duration, drawing bool) (Result, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, stepTimeout, &HungError{What: "rebuilding the page", After: stepTimeout})
	defer cancel()
	p.network.mark(p.start.Add(at))
	args := []*runtime.CallArgument{
		{Value: ops.json()}, // an empty list is left out on the way
		{Value: milliseconds(before)},
		{Value: milliseconds(at)},
		{Value: strconv.AppendBool(nil, drawing)},
	}
	var r Result
	if err := p.call(ctx, "function(ops = [], before, at, drawing) { return this.step(ops, before, at, drawing) }", args, &r); err != nil {
		return Result{}, fmt.Errorf("rebuild page: %w", p.browser.cause(ctx, err))
	}
	r.date()
	return r, p.arrive(ctx)
}

// Stretch is a step on the way to the first one that is drawn.
type Stretch struct {
	Ops        Ops
	Before, At time.Duration // as in Step
}

// Lead takes several steps of which no picture is taken, in one go.
func (p *Page) Lead(ctx context.Context, way []Stretch) ([]Result, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, stepTimeout, &HungError{What: "rebuilding the page", After: stepTimeout})
	defer cancel()
	p.network.mark(p.start.Add(way[len(way)-1].At))
	list := []byte{'['}
	for i := range way {
		if i > 0 {
			list = append(list, ',')
		}
		list = append(list, `{"ops":`...)
		list = append(list, way[i].Ops.json()...)
		list = append(list, `,"before":`...)
		list = append(list, milliseconds(way[i].Before)...)
		list = append(list, `,"at":`...)
		list = append(list, milliseconds(way[i].At)...)
		list = append(list, '}')
	}
	var told []Result
	if err := p.call(ctx, "function(way) { return this.lead(way) }", []*runtime.CallArgument{{Value: append(list, ']')}}, &told); err != nil {
		return nil, fmt.Errorf("rebuild page: %w", p.browser.cause(ctx, err))
	}
	for i := range told {
		told[i].date()
	}
	return told, p.arrive(ctx)
}

// date turns the notes' times into session time.
func (r *Result) date() {
	for i := range r.Notes {
		r.Notes[i].At = time.Duration(r.Notes[i].Ms * float64(time.Millisecond))
	}
}

// arrive waits for what the page asked for since the mark: it has been answered,
// but has yet to arrive.
func (p *Page) arrive(ctx context.Context) error {
	urls := p.network.sinceMark()
	if len(urls) == 0 {
		return nil
	}
	if err := p.settle(ctx, urls); err != nil {
		return fmt.Errorf("load resources: %w", p.browser.cause(ctx, err))
	}
	return nil
}

func milliseconds(d time.Duration) jsontext.Value {
	return strconv.AppendFloat(nil, float64(d)/float64(time.Millisecond), 'f', -1, 64)
}

func (p *Page) settle(ctx context.Context, urls []string) error {
	list, err := json.Marshal(urls)
	if err != nil {
		return err
	}
	return p.call(ctx, "function(urls) { return this.settle(urls) }", []*runtime.CallArgument{{Value: list}}, nil)
}
