package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/reelay/reelay/fixtures"
	"github.com/reelay/reelay/recorder"
	"github.com/reelay/reelay/recorder/visitor"
)

// demoCmd shows the whole way: a site, the recorder in front of it, a visitor,
// the session, a clip of it.
type demoCmd struct {
	Output []string `short:"o" sep:"none" default:"clip.mp4" env:"-" placeholder:"FILE" help:"File to make, as in reelay render; ${default} by default."`
	Data   string   `type:"path" placeholder:"DIR" help:"Keep journal, assets and session in this folder; a temporary one by default."`
	Pace   float64  `default:"1" placeholder:"N" help:"Length of the visitor's movements and rests: 0.1 is ten times quicker than a person."`

	chromeFlags `embed:""`
	Visitor     visitorFlags `embed:"" prefix:"visitor-"`
}

// demoPrefix begins the names of the demo's temporary folders.
const demoPrefix = "reelay-demo-"

// demoSite is the site and the journey of the demo.
const demoSite = "shop"

func (c *demoCmd) Run(ctx context.Context, con *console) error {
	if c.Data == "" {
		dir, err := os.MkdirTemp("", demoPrefix)
		if err != nil {
			return fmt.Errorf("make folder for the demo: %w", err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		c.Data = dir
	}
	bundle, err := c.record(ctx, con)
	if err != nil {
		return err
	}
	if bundle == "" {
		return errors.New("the visit left no session")
	}
	clip := renderCmd{
		Sources: []string{bundle}, Output: c.Output, Speed: 1, Idle: idleCut(3 * time.Second), FPS: 30, Scale: 1,
		Cursor: true, Clicks: true, Keys: true, Footer: true, chromeFlags: c.chromeFlags,
	}
	return clip.Run(ctx, con)
}

// record records one visit and returns the session's bundle.
func (c *demoCmd) record(ctx context.Context, con *console) (bundle string, err error) {
	log := con.logger()
	keeper, err := openKeeper(c.Data, recorder.Standard, log, func(path string) { bundle = path })
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, keeper.close()) }()
	site, stop, err := serveSite(ctx)
	if err != nil {
		return "", err
	}
	defer stop()
	if err := c.visit(ctx, con, keeper, site, log); err != nil {
		return "", err
	}
	return bundle, keeper.handOnAll(ctx)
}

// visit sends the visitor through a recorder in front of site.
func (c *demoCmd) visit(ctx context.Context, con *console, keeper *keeper, site *url.URL, log *slog.Logger) error {
	transport := recorder.NewTransport()
	defer transport.CloseIdleConnections()
	rec, err := keeper.recorder(site, transport, log)
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	recording, end := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() { served <- serveUntil(recording, listener, rec, rec, log) }()
	base := "http://" + listener.Addr().String()
	fmt.Fprintf(con.stderr, "reelay: a visitor shops at %s\n", base)
	err = c.shop(ctx, base, log)
	end()
	return errors.Join(err, <-served)
}

func (c *demoCmd) shop(ctx context.Context, base string, log *slog.Logger) error {
	data, err := fs.ReadFile(fixtures.Journeys(), demoSite+".json")
	if err != nil {
		return fmt.Errorf("read the demo's journey: %w", err)
	}
	journey, err := visitor.ParseJourney(data)
	if err != nil {
		return err
	}
	_, err = visitor.Run(ctx, journey, visitor.Options{
		Chrome: c.Visitor.Chrome, NoSandbox: c.Visitor.NoSandbox, Seed: 1, Pace: c.Pace, Base: base, Log: log,
	})
	return explainVisitor(err)
}

// serveSite serves the demo site on loopback.
func serveSite(ctx context.Context) (*url.URL, func(), error) {
	files, err := fs.Sub(fixtures.Sites(), demoSite)
	if err != nil {
		return nil, nil, fmt.Errorf("find the demo site: %w", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, fmt.Errorf("listen: %w", err)
	}
	server := &http.Server{Handler: http.FileServerFS(files), ReadHeaderTimeout: time.Minute}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // ends with Close
	}()
	stop := func() {
		_ = server.Close()
		<-done
	}
	return &url.URL{Scheme: "http", Host: listener.Addr().String()}, stop, nil
}
