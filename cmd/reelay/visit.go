package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/reelay/reelay/recorder/visitor"
)

type visitCmd struct {
	Journeys []string `arg:"" name:"journey" sep:"none" help:"Journeys in the format of the Chrome DevTools Recorder (JSON)."`

	Proxy       string  `placeholder:"URL" help:"Go through this forward proxy: http://127.0.0.1:8080."`
	Base        string  `placeholder:"URL" help:"Visit this origin instead of the journey's: http://127.0.0.1:8080."`
	Insecure    bool    `help:"Accept every TLS certificate, so also those that reelay record --forward makes."`
	Times       int     `default:"1" placeholder:"N" help:"How often each journey is made; ${default} by default."`
	Concurrency int     `default:"1" placeholder:"N" help:"How many visits at one time; ${default} by default."`
	Seed        uint64  `default:"1" placeholder:"N" help:"The same seed moves and types the same way; each visit counts on from it."`
	Pace        float64 `default:"1" placeholder:"N" help:"Length of every movement and rest: 0.1 is ten times quicker than a person."`
	Screenshots string  `default:"." type:"path" placeholder:"DIR" help:"Where to put a picture of the page at a failed step."`

	visitorFlags `embed:""`
}

// visitorFlags say which Chrome visits. It is not the one that renders: it has
// a network, and pages may run scripts.
type visitorFlags struct {
	Chrome    string `name:"chrome" env:"REELAY_VISITOR_CHROME" placeholder:"PROGRAM" help:"The Chrome to visit with; the installed one by default."`
	NoSandbox bool   `help:"Switch Chrome's sandbox off: needed as root, and only for sites that you trust."`
}

// Validate checks what kong's tags can't say.
func (c *visitCmd) Validate() error {
	switch {
	case c.Times < 1 || c.Times > 10_000:
		return fmt.Errorf("--times %d: must be from 1 to 10000", c.Times)
	case c.Concurrency < 1 || c.Concurrency > mostWorkers:
		return fmt.Errorf("--concurrency %d: must be from 1 to %d", c.Concurrency, mostWorkers)
	case !(c.Pace > 0 && c.Pace <= 100): // also refuses NaN
		return fmt.Errorf("--pace %g: must be above 0 and at most 100", c.Pace)
	}
	return nil
}

// visited is one line of the result.
type visited struct {
	Journey    string  `json:"journey"`
	Visit      int     `json:"visit"`
	Seconds    float64 `json:"seconds"`
	Steps      int     `json:"steps"`
	URL        string  `json:"url"`
	Error      string  `json:"error,omitempty"`
	Screenshot string  `json:"screenshot,omitempty"`
}

func (c *visitCmd) Run(ctx context.Context, con *console) error {
	journeys := make([]visitor.Journey, len(c.Journeys))
	for i, path := range c.Journeys {
		var err error
		if journeys[i], err = readJourney(path); err != nil {
			return err
		}
	}
	results := make([]visited, len(journeys)*c.Times)
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(c.Concurrency)
	for i := range results {
		group.Go(func() error {
			path, n := c.Journeys[i/c.Times], i%c.Times
			var err error
			results[i], err = c.visit(gctx, con, journeys[i/c.Times], path, n)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return c.tell(con, results)
}

func readJourney(path string) (visitor.Journey, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return visitor.Journey{}, usagef("check the path", "%w", err)
	}
	journey, err := visitor.ParseJourney(data)
	if err != nil {
		return visitor.Journey{}, usagef("export it again from the Chrome DevTools Recorder, as JSON", "%s: %w", path, err)
	}
	return journey, nil
}

// visit makes one visit. A step that fails is a result; the error is for what
// would fail every visit.
func (c *visitCmd) visit(ctx context.Context, con *console, journey visitor.Journey, path string, n int) (visited, error) {
	start := time.Now()
	result, err := visitor.Run(ctx, journey, visitor.Options{
		Chrome: c.Chrome, NoSandbox: c.NoSandbox, Seed: c.Seed + uint64(n), Pace: c.Pace, //nolint:gosec // never negative
		Proxy: c.Proxy, Base: c.Base, AnyCertificate: c.Insecure, Log: con.logger(),
	})
	v := visited{Journey: path, Visit: n + 1, Seconds: time.Since(start).Seconds(), Steps: result.Steps, URL: result.URL}
	var step *visitor.StepError
	switch {
	case err == nil:
		return v, nil
	case !errors.As(err, &step):
		return v, explainVisitor(err)
	}
	v.Error = err.Error()
	if step.Screenshot != nil {
		name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
		v.Screenshot = filepath.Join(c.Screenshots, fmt.Sprintf("%s-%d-step-%d.png", name, n+1, step.Number))
		if err := os.WriteFile(v.Screenshot, step.Screenshot, 0o600); err != nil {
			return v, fmt.Errorf("keep screenshot: %w", err)
		}
	}
	return v, nil
}

// explainVisitor adds the remedy to an error of the visitor's Chrome.
func explainVisitor(err error) error {
	if errors.Is(err, visitor.ErrNoChrome) {
		return &verbError{code: exitMissing, err: err, hint: "install it: apt-get install chromium"}
	}
	return err
}

// tell reports every visit, and fails if one did.
func (c *visitCmd) tell(con *console, results []visited) error {
	failed := 0
	for _, v := range results {
		if v.Error != "" {
			failed++
		}
	}
	if con.json {
		if err := con.result(results); err != nil {
			return err
		}
	} else {
		for _, v := range results {
			state := "done"
			if v.Error != "" {
				state = printable(v.Error)
			}
			if _, err := fmt.Fprintf(con.stdout, "%s\tvisit %d\t%.1f s\t%s\n", v.Journey, v.Visit, v.Seconds, state); err != nil {
				return err
			}
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d visits failed", failed, len(results))
	}
	return nil
}
