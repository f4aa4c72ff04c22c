package visitor

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/proto"
)

// DefaultTimeout is how long a step waits where nothing else is said; the
// Chrome DevTools Recorder has the same.
const DefaultTimeout = 5 * time.Second

// Options of a visit. The zero value visits as a person would, with a Chrome
// from the PATH.
type Options struct {
	// Chrome is the program; "" looks for the usual names in PATH.
	Chrome string
	// NoSandbox starts Chrome without its sandbox, which root needs. It is
	// logged as a warning, for then a hostile page owns the account.
	NoSandbox bool
	// Seed of all movements and rests.
	Seed uint64
	// Pace multiplies the length of every human movement and rest: 1 (or 0) is
	// a person, 0.1 ten times quicker.
	Pace float64
	// Timeout of a step that has none itself, in a journey that has none.
	// 0 is DefaultTimeout.
	Timeout time.Duration

	// Proxy is a forward proxy for all traffic, loopback included.
	Proxy string
	// Base replaces the origin of the journey's first address, wherever the
	// journey names it: "http://127.0.0.1:8080". "" leaves it.
	Base string
	// Resolve maps "host:port" to the "address:port" to dial for it.
	Resolve map[string]string
	// AnyCertificate accepts every TLS certificate: for demo sites under names
	// that do not exist.
	AnyCertificate bool

	// Script runs in every frame before the page's own; in tabs other than the
	// first from their second document on, for they exist before they are seen.
	// It may call window.visitorEmit(string), which calls Emit: in order, never
	// two at once. What a page emits while it unloads may be lost.
	Script string
	Emit   func(payload string)

	// Look, if not nil, gets a picture of the page after each step.
	Look func(Look)

	// Log gets the steps; nil is silent.
	Log *slog.Logger
}

// Result tells what a visit did.
type Result struct {
	// Steps is the number of steps done.
	Steps int
	// Skipped are the numbers, from 1, of the custom steps that were unknown.
	Skipped []int
	// Actions are the elements used, in order.
	Actions []Action
	// URL and Title are those of the page at the end.
	URL, Title string
}

// Action is the use of one element, measured just before.
type Action struct {
	Step     int // From 1.
	Type     StepType
	Selector Selector // The alternative that matched.
	Name     string   // Accessible name.
	Role     string   // Accessibility role.
	Box      Box
	X, Y     float64 // Where the pointer met it, in the viewport.
	Time     int64   // Unix milliseconds by the page's clock.
}

// Look is what a person saw after a step.
type Look struct {
	Step     int    // From 1.
	Picture  []byte // PNG of the viewport.
	From, To int64  // When it was taken, in Unix milliseconds by the page's clock.
}

// Box is a rectangle in the tab's viewport, in CSS pixels.
type Box struct{ X, Y, Width, Height float64 }

// visit is the state of one Run.
type visit struct {
	options Options
	log     *slog.Logger
	rng     *rand.Rand
	browser *rod.Browser
	tabs    map[proto.TargetTargetID]*tab
	main    *tab
	screen  Viewport
	last    Step
	result  Result

	emitting  sync.Mutex
	listeners sync.WaitGroup
}

// Run takes the journey in a fresh Chrome. It returns what was done also with
// an error; a failed step is a *StepError.
func Run(ctx context.Context, journey Journey, options Options) (Result, error) {
	v := &visit{
		options: options,
		log:     options.Log,
		rng:     rand.New(rand.NewPCG(options.Seed, 0x7269736974)), //nolint:gosec // Repeatable by intent, guards nothing.
		tabs:    map[proto.TargetTargetID]*tab{},
		screen:  Viewport{Width: 1280, Height: 720, Scale: 1},
	}
	if v.log == nil {
		v.log = slog.New(slog.DiscardHandler)
	}
	if v.options.Pace <= 0 {
		v.options.Pace = 1
	}
	journey, err := rebase(journey, options.Base)
	if err != nil {
		return v.result, err
	}
	browser, stop, err := startChrome(ctx, options, v.log)
	if err != nil {
		return v.result, err
	}
	defer stop()
	ctx, lose := context.WithCancelCause(ctx)
	defer lose(nil)
	listening, silence := context.WithCancel(ctx)
	defer v.listeners.Wait()
	defer silence()

	v.browser = browser.Context(listening)
	v.listeners.Go(func() {
		for range v.browser.Event() { // The end is the news: Chrome has gone.
		}
		lose(ErrChromeGone)
	})
	if err := v.openMain(listening); err != nil {
		return v.result, err
	}
	return v.result, v.walk(ctx, listening, journey)
}

// walk takes the steps one by one.
func (v *visit) walk(ctx, listening context.Context, journey Journey) error {
	for i, step := range journey.Steps {
		if step.Timeout == 0 {
			step.Timeout = firstNonZero(journey.Timeout, v.options.Timeout, DefaultTimeout)
		}
		v.log.DebugContext(ctx, "step", "number", i+1, "type", step.Type)
		t, err := v.tabFor(ctx, listening, step)
		if err == nil {
			err = v.take(ctx, t, i+1, step)
		}
		if err != nil {
			return v.failed(ctx, t, i+1, len(journey.Steps), step, err)
		}
		v.result.Steps++
		if err := v.look(ctx, t, i+1); err != nil {
			return err
		}
	}
	return v.finish(ctx)
}

func firstNonZero(durations ...time.Duration) time.Duration {
	for _, d := range durations {
		if d != 0 {
			return d
		}
	}
	return 0
}

// failed makes the error of a step, with a picture of the page.
func (v *visit) failed(ctx context.Context, t *tab, number, of int, step Step, reason error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("take step %d of %d: %w", number, of, context.Cause(ctx))
	}
	failure := &StepError{Number: number, Of: of, Type: step.Type, Selectors: step.Selectors, URL: "about:blank", Err: reason}
	if t == nil {
		t = v.main
	}
	brief, cancel := context.WithTimeout(ctx, DefaultTimeout)
	defer cancel()
	page := t.page.Context(brief)
	if err := page.WaitLoad(); err != nil {
		v.log.WarnContext(ctx, "the failed step's page does not answer", "error", err)
	}
	if info, err := page.Info(); err == nil && info.URL != "" {
		failure.URL = info.URL
	}
	picture, err := page.Screenshot(false, nil)
	if err != nil {
		v.log.WarnContext(ctx, "no screenshot of the failed step", "error", err)
	}
	failure.Screenshot = picture
	return failure
}

// finish waits for what the script has emitted so far and notes where the
// visit ended.
func (v *visit) finish(ctx context.Context) error {
	if v.main.closed {
		return nil
	}
	if err := v.main.drain(ctx); err != nil {
		return fmt.Errorf("wait for emitted events: %w", err)
	}
	info, err := v.main.page.Context(ctx).Info()
	if err != nil {
		return fmt.Errorf("read last page: %w", err)
	}
	v.result.URL, v.result.Title = info.URL, info.Title
	return nil
}

// rest waits as long as a person would who takes d.
func (v *visit) rest(ctx context.Context, d time.Duration) error {
	return pause(ctx, time.Duration(float64(d)*v.options.Pace))
}

// restBetween waits between low and high milliseconds, at the visit's pace.
func (v *visit) restBetween(ctx context.Context, low, high float64) error {
	return v.rest(ctx, time.Duration(between(v.rng, low, high)*float64(time.Millisecond)))
}

// pause waits for real; it is the package's only clock.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
