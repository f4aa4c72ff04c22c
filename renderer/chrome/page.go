package chrome

import (
	"context"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/go-json-experiment/json"

	"github.com/reelay/reelay/player/web"
	"github.com/reelay/reelay/session"
)

// Page is the stage: the one page of a browser, in which a session's DOM is
// rebuilt. Not safe for concurrent use.
type Page struct {
	*Capture

	browser *Browser
	network *interceptor
	stage   runtime.RemoteObjectID
	start   time.Time // of the recording
}

// PageOptions say how a session is staged.
type PageOptions struct {
	Width, Height int       // the window in CSS pixels
	Start         time.Time // the recording's start
	Redact        []string  // CSS selectors to black out
	// Deadline is the longest wait for a page's style sheets, fonts and images.
	Deadline time.Duration
	Assets   Assets
	// Environment is what the stage has to look like the visitor's browser in.
	Environment session.Environment
}

// Note is something that the stage could not show as it was.
type Note struct {
	Kind string        `json:"kind"` // canvas, video, frame, image or late
	At   time.Duration `json:"-"`    // session time
	Ms   float64       `json:"t"`
	URL  string        `json:"url"`
}

// Base is where a frame's document begins in the page, and how it is scaled.
type Base struct {
	X     float64 `json:"x"`
	Y     float64 `json:"y"`
	Scale float64 `json:"scale"`
}

// Result is what a step found out about the page.
type Result struct {
	// Until is the session time, in ms, up to which something moves by itself;
	// -1 for ever.
	Until float64 `json:"until"`
	// Still says that nothing changed that can be seen: the picture is that of
	// the last step.
	Still bool `json:"still"`
	// Video says that a video is in the page, Joined that there was no frame yet
	// with one of them. See Draw.
	Video  bool `json:"video"`
	Joined bool `json:"joined"`
	// Cursor is the pointer over the hovered node, where a hover was among the
	// operations: "default", "pointer" or "text".
	Cursor string `json:"cursor"`
	// Bases are those of the hovered nodes, by node id.
	Bases  map[string]Base `json:"bases"`
	Inputs []Typed         `json:"inputs"`
	Clicks []Clicked       `json:"clicks"`
	Title  string          `json:"title"` // of a new page
	Notes  []Note          `json:"notes"`
}

// Typed tells about the field of an input event.
type Typed struct {
	Node   int  `json:"id"`
	Text   bool `json:"text"`   // something is typed into it
	Secret bool `json:"secret"` // it must not be repeated
}

// Clicked names what was clicked at T ms; empty if it has no name.
type Clicked struct {
	T     float64 `json:"t"`
	Node  int     `json:"id"`
	Label string  `json:"label"`
}

// stageURL is where the stage's document seems to come from.
const stageURL = "https://stage.reelay.invalid/"

const stageHTML = `<!doctype html><meta charset="utf-8"><title>reelay</title><style>
html,body{margin:0;height:100%;overflow:hidden;background:` + Ground + `}
.replayer-wrapper{position:absolute;transform-origin:0 0}
.replayer-wrapper>iframe{border:0;display:block;background:#fff}
.replayer-mouse,.replayer-mouse-tail{display:none!important}
</style><body></body>`

// Ground is the CSS colour around a page that is smaller than the picture.
const Ground = "#e9ecef"

// Open prepares the browser's page for a session. The error is a *SelectorError
// if one of o.Redact is no CSS selector.
func (b *Browser) Open(ctx context.Context, o PageOptions) (*Page, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, startTimeout, &HungError{What: "opening the stage", After: startTimeout})
	defer cancel()
	p, err := b.open(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("open stage: %w", b.cause(ctx, err))
	}
	return p, nil
}

func (b *Browser) open(ctx context.Context, o PageOptions) (_ *Page, err error) {
	if b.clock, err = newClock(); err != nil {
		return nil, err
	}
	p := &Page{browser: b, start: o.Start}
	if p.network, err = b.closeNetwork(ctx, o.Assets); err != nil {
		return nil, err
	}
	if err := b.resize(ctx, o.Width, o.Height); err != nil {
		return nil, err
	}
	if err := b.emulate(ctx, o.Environment); err != nil {
		return nil, err
	}
	if err := p.navigate(ctx); err != nil {
		return nil, err
	}
	if _, err := cdp.Call(ctx, b.target, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
		return nil, fmt.Errorf("emulate focus: %w", err)
	}
	if p.Capture, err = b.newCapture(ctx); err != nil {
		return nil, err
	}
	redact := o.Redact
	if redact == nil {
		redact = []string{}
	}
	options, err := json.Marshal(struct {
		Start    int64    `json:"start"`
		Redact   []string `json:"redact"`
		Deadline int64    `json:"deadline"`
	}{o.Start.UnixMilli(), redact, o.Deadline.Milliseconds()})
	if err != nil {
		return nil, fmt.Errorf("encode stage options: %w", err)
	}
	made, err := p.evaluate(ctx, web.Stage+";openStage("+string(options)+")")
	if err != nil {
		return nil, err
	}
	if made.Type == runtime.RemoteObjectTypeString {
		wrong := &SelectorError{}
		if err := json.Unmarshal(made.Value, &wrong.Selector); err != nil {
			return nil, fmt.Errorf("decode selector: %w", err)
		}
		return nil, wrong
	}
	p.stage = made.ObjectID
	return p, nil
}

// resize gives the window its size, for good: the surface moves with it. The
// window is measured in device pixels, the page in it in CSS pixels.
func (b *Browser) resize(ctx context.Context, width, height int) error {
	b.width, b.height = width, height
	window, err := cdp.Call(ctx, b.target, browser.GetWindowForTarget, browser.GetWindowForTargetParams{})
	if err != nil {
		return fmt.Errorf("find window: %w", err)
	}
	deviceWidth, deviceHeight := b.Size()
	bounds := &browser.Bounds{Width: int64(deviceWidth), Height: int64(deviceHeight)}
	if _, err := cdp.Call(ctx, b.target, browser.SetWindowBounds, browser.SetWindowBoundsParams{WindowID: window.WindowID, Bounds: bounds}); err != nil {
		return fmt.Errorf("resize window: %w", err)
	}
	params := emulation.SetDeviceMetricsOverrideParams{Width: int64(width), Height: int64(height)}
	if _, err := cdp.Call(ctx, b.target, emulation.SetDeviceMetricsOverride, params); err != nil {
		return fmt.Errorf("resize page: %w", err)
	}
	return nil
}

// Usage is that of the page's browser.
func (p *Page) Usage() (Usage, error) { return p.browser.Usage() }

// navigate loads the stage's empty document. Nothing is drawn before the first
// frame is asked for, so the load is driven by hand.
func (p *Page) navigate(ctx context.Context) error {
	if _, err := cdp.Call(ctx, p.browser.target, page.Navigate, page.NavigateParams{URL: stageURL}); err != nil {
		return fmt.Errorf("load stage: %w", err)
	}
	_, err := p.evaluate(ctx, `new Promise(r => document.readyState === 'complete' ? r() : addEventListener('load', () => r()))`)
	return err
}

func (p *Page) evaluate(ctx context.Context, expression string) (*runtime.RemoteObject, error) {
	wait := true
	res, err := cdp.Call(ctx, p.browser.target, runtime.Evaluate, runtime.EvaluateParams{Expression: expression, AwaitPromise: &wait})
	if err != nil {
		return nil, fmt.Errorf("evaluate in stage: %w", err)
	}
	if res.ExceptionDetails != nil {
		return nil, fmt.Errorf("evaluate in stage: %w", scriptError(res.ExceptionDetails))
	}
	return res.Result, nil
}

func scriptError(d *runtime.ExceptionDetails) error {
	if d.Exception != nil && d.Exception.Description != "" {
		return fmt.Errorf("script: %s", d.Exception.Description)
	}
	return fmt.Errorf("script: %s", d.Text)
}

// call runs the function on the stage and decodes what it resolves to.
func (p *Page) call(ctx context.Context, function string, args []*runtime.CallArgument, result any) error {
	yes := true
	res, err := cdp.Call(ctx, p.browser.target, runtime.CallFunctionOn, runtime.CallFunctionOnParams{
		FunctionDeclaration: function,
		ObjectID:            p.stage,
		Arguments:           args,
		AwaitPromise:        &yes,
		ReturnByValue:       &yes,
	})
	if err != nil {
		return err
	}
	if res.ExceptionDetails != nil {
		return scriptError(res.ExceptionDetails)
	}
	if result == nil {
		return nil
	}
	if err := json.Unmarshal(res.Result.Value, result); err != nil {
		return fmt.Errorf("decode result: %w", err)
	}
	return nil
}

// Alive says, after a Read, that the page was alive and so what was read is what
// it looked like.
func (p *Page) Alive(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, stepTimeout, &HungError{What: "answering", After: stepTimeout})
	defer cancel()
	if err := p.call(ctx, "function() {}", nil, nil); err != nil {
		return fmt.Errorf("ask page: %w", p.browser.cause(ctx, err))
	}
	return nil
}

// paint fills the window with a CSS colour, or stops to if it is empty.
func (b *Browser) paint(ctx context.Context, colour string) error {
	style := "position:fixed;inset:0;z-index:2147483647;background:" + colour
	if colour == "" {
		style = ""
	}
	return b.style(ctx, style)
}

// style gives an element of its own over the stage the CSS.
func (b *Browser) style(ctx context.Context, css string) error {
	expression := fmt.Sprintf(`(() => {
		let test = document.getElementById('test')
		if (!test) { test = document.createElement('div'); test.id = 'test'; document.documentElement.append(test) }
		test.style.cssText = %q
	})()`, css)
	if _, err := cdp.Call(ctx, b.target, runtime.Evaluate, runtime.EvaluateParams{Expression: expression}); err != nil {
		return fmt.Errorf("paint stage: %w", err)
	}
	return nil
}
