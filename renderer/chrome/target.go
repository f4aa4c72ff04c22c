package chrome

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/go-json-experiment/json"

	"github.com/reelay/reelay/session"
)

// Deed is an act whose target is looked for.
type Deed struct {
	Stream int            `json:"-"`
	Node   int            `json:"id"`
	At     *session.Point `json:"at,omitzero"` // in the viewport of the node's document
	Value  string         `json:"value"`       // chosen in a list
}

// facts is Target in player/web/src/target.ts.
type facts struct {
	Found     bool            `json:"found"`
	Title     string          `json:"title"`
	Name      string          `json:"name"`
	Role      string          `json:"role"`
	Type      string          `json:"type"`
	Fills     string          `json:"fills"`
	Option    string          `json:"option"`
	Control   session.Control `json:"control"`
	Secret    bool            `json:"secret"`
	Selectors [][]string      `json:"selectors"`
	Frame     []int           `json:"frame"`
	Box       *session.Box    `json:"box"`
	Point     *session.Point  `json:"point"`
	Cursor    string          `json:"cursor"`
}

// Target is what an act was aimed at.
type Target struct {
	session.Element

	Cursor string // as in Result
}

func (t facts) target() Target {
	return Target{Cursor: t.Cursor, Element: session.Element{
		Found: t.Found, Name: t.Name, Role: t.Role, Type: t.Type, Fills: t.Fills, Option: t.Option, Control: t.Control, Secret: t.Secret,
		Selectors: t.Selectors, Frame: t.Frame, Box: t.Box, Point: t.Point, Title: t.Title,
	}}
}

// Skip applies operations that lie so far before any picture that nothing
// between them can be seen in it, and leaves the page as it is at the session
// time at.
func (p *Page) Skip(ctx context.Context, ops *Ops, at time.Duration) error {
	ctx, cancel := context.WithTimeoutCause(ctx, stepTimeout, &HungError{What: "skipping ahead", After: stepTimeout})
	defer cancel()
	args := []*runtime.CallArgument{{Value: ops.json()}, {Value: milliseconds(at)}}
	if err := p.call(ctx, "function(ops = [], at) { return this.skip(ops, at) }", args, nil); err != nil {
		return fmt.Errorf("skip ahead: %w", p.browser.cause(ctx, err))
	}
	return nil
}

// Locate shows the deed's stream and tells about its target, in the state that
// the page is in.
func (p *Page) Locate(ctx context.Context, d Deed) (Target, error) {
	deed, err := json.Marshal(d)
	if err != nil {
		return Target{}, fmt.Errorf("encode deed: %w", err)
	}
	args := []*runtime.CallArgument{{Value: strconv.AppendInt(nil, int64(d.Stream), 10)}, {Value: deed}}
	return p.look(ctx, "function(stream, deed) { return this.locate(stream, deed) }", args)
}

// Section shows the stream and tells about the heading that scrolling a node
// brought into view.
func (p *Page) Section(ctx context.Context, stream, node int) (Target, error) {
	args := []*runtime.CallArgument{
		{Value: strconv.AppendInt(nil, int64(stream), 10)},
		{Value: strconv.AppendInt(nil, int64(node), 10)},
	}
	return p.look(ctx, "function(stream, node) { return this.section(stream, node) }", args)
}

func (p *Page) look(ctx context.Context, function string, args []*runtime.CallArgument) (Target, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, stepTimeout, &HungError{What: "looking for an element", After: stepTimeout})
	defer cancel()
	var t facts
	if err := p.call(ctx, function, args, &t); err != nil {
		return Target{}, fmt.Errorf("look for element: %w", p.browser.cause(ctx, err))
	}
	return t.target(), nil
}
