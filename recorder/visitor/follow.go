package visitor

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/go-rod/rod/lib/proto"
)

// follower listens to the navigations of a tab's top frame while a step is
// taken.
type follower struct {
	visit   *visit
	tab     *tab
	step    Step
	visited chan string
	stop    func()
}

// follow starts to listen if the step asserts a navigation.
func (v *visit) follow(ctx context.Context, t *tab, step Step) *follower {
	f := &follower{visit: v, tab: t, step: step, stop: func() {}}
	if len(step.Asserted) == 0 {
		return f
	}
	f.visited = make(chan string)
	listening, cancel := context.WithCancel(ctx)
	f.stop = cancel
	tell := func(address string) {
		select {
		case f.visited <- address:
		case <-listening.Done():
		}
	}
	wait := t.page.Context(listening).EachEvent(
		func(e *proto.PageFrameNavigated) {
			if e.Frame.ParentID == "" {
				tell(e.Frame.URL)
			}
		},
		func(e *proto.PageNavigatedWithinDocument) {
			if e.FrameID == t.page.FrameID {
				tell(e.URL)
			}
		},
	)
	v.listeners.Go(wait)
	return f
}

// wait returns when each asserted navigation has happened and its document is
// there.
func (f *follower) wait(ctx context.Context) error {
	for _, wanted := range f.step.Asserted {
		if err := f.waitFor(ctx, wanted); err != nil {
			return err
		}
	}
	if len(f.step.Asserted) == 0 {
		return nil
	}
	return f.visit.loaded(ctx, f.tab, f.step.Timeout)
}

func (f *follower) waitFor(ctx context.Context, wanted Navigation) error {
	timer := time.NewTimer(f.step.Timeout)
	defer timer.Stop()
	what := "no navigation followed"
	if wanted.URL != "" {
		what = "no navigation to " + wanted.URL + " followed"
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
			return &lateError{what: what, after: f.step.Timeout}
		case address := <-f.visited:
			if samePage(wanted.URL, address) {
				return nil
			}
			what = fmt.Sprintf("the page went to %s instead of %s", address, wanted.URL)
		}
	}
}

// samePage compares host and path; queries and fragments carry what differs
// from visit to visit.
func samePage(wanted, got string) bool {
	if wanted == "" || wanted == got {
		return true
	}
	a, errA := url.Parse(wanted)
	b, errB := url.Parse(got)
	if errA != nil || errB != nil {
		return false
	}
	return a.Host == b.Host && slashed(a.Path) == slashed(b.Path)
}

func slashed(path string) string {
	if path == "" {
		return "/"
	}
	return path
}
