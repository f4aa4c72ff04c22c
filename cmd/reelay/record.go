package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/reelay/reelay/recorder"
	"github.com/reelay/reelay/recorder/mitm"
)

type recordCmd struct {
	URL string `arg:"" optional:"" name:"url" help:"The site to stand in front of: https://staging.example.com."`

	Listen  string   `default:"127.0.0.1:8080" placeholder:"ADDR" help:"Where to listen; ${default} by default."`
	Data    string   `default:"reelay-data" type:"path" placeholder:"DIR" help:"Folder for journal, assets and sessions; ${default} by default."`
	Privacy string   `enum:"standard,strict,open" default:"standard" help:"standard masks inputs and personal data, strict all text and images, open (for made-up data) only credentials; ${default} by default."`
	Forward bool     `help:"Be a forward proxy with a certificate authority of its own; see reelay ca."`
	Allow   []string `sep:"," placeholder:"HOST" help:"With --forward: record these hosts and the ones below them (example.com); everything else passes untouched."`
}

// drainFor is how long requests may take to end after an interrupt.
const drainFor = 5 * time.Second

// Validate checks what kong's tags can't say.
func (c *recordCmd) Validate() error {
	switch {
	case c.Forward && c.URL != "":
		return errors.New("--forward takes the site from each request: leave out the URL")
	case !c.Forward && c.URL == "":
		return errors.New("expected the URL of the site to record, or --forward")
	case c.Forward && len(c.Allow) == 0:
		return errors.New("--forward needs --allow: which hosts to record")
	case !c.Forward && len(c.Allow) > 0:
		return errors.New("--allow goes with --forward")
	case c.Forward && !loopback(c.Listen):
		return errors.New("--forward listens on loopback only: a proxy that others reach would reach everything from here")
	}
	return nil
}

func (c *recordCmd) Run(ctx context.Context, con *console) error {
	target, err := c.target()
	if err != nil {
		return err
	}
	authority, err := c.authority()
	if err != nil {
		return err
	}
	log := con.logger()
	keeper, err := openKeeper(c.Data, recorder.Level(c.Privacy), log, func(path string) {
		fmt.Fprintln(con.stdout, path)
	})
	if err != nil {
		return err
	}
	err = c.serve(ctx, con, keeper, target, authority, log)
	return errors.Join(err, keeper.close())
}

// serve records until ctx is cancelled, then hands on what there is.
func (c *recordCmd) serve(ctx context.Context, con *console, keeper *keeper, target *url.URL, authority *mitm.Authority, log *slog.Logger) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return usagef("name another address with --listen", "%w", err)
	}
	defer func() { _ = listener.Close() }()
	transport := recorder.NewTransport()
	defer transport.CloseIdleConnections()
	rec, err := keeper.recorder(target, transport, log)
	if err != nil {
		return err
	}
	var handler http.Handler = rec
	if authority != nil {
		proxy := mitm.New(mitm.Options{Authority: authority, Hosts: c.Allow, Handler: rec, Log: log})
		defer proxy.Close()
		handler = proxy
	}
	c.announce(con, listener.Addr())
	watching := make(chan struct{})
	go func() {
		defer close(watching)
		keeper.watch(ctx, log)
	}()
	err = serveUntil(ctx, listener, handler, rec, log)
	<-watching
	return errors.Join(err, keeper.handOnAll(ctx))
}

// serveUntil serves a recorder until ctx is cancelled.
func serveUntil(ctx context.Context, listener net.Listener, handler http.Handler, rec *recorder.Recorder, log *slog.Logger) error {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 30 * time.Second,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug), Protocols: new(http.Protocols),
	}
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetUnencryptedHTTP2(true)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		rec.Close()
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainFor)
	defer cancel()
	rec.Close()
	if server.Shutdown(end) != nil {
		_ = server.Close() // what is still open then is cut off
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// target reads the site's URL; nil for a forward proxy.
func (c *recordCmd) target() (*url.URL, error) {
	if c.Forward {
		return nil, nil
	}
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, usagef("write it with its scheme: https://staging.example.com", "%s is not the URL of a site", c.URL)
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}

// authority loads the certificate authority of a forward proxy; nil for a
// reverse one.
func (c *recordCmd) authority() (*mitm.Authority, error) {
	if !c.Forward {
		return nil, nil
	}
	dir, err := authorityDir()
	if err != nil {
		return nil, err
	}
	authority, err := mitm.LoadAuthority(dir, c.Allow, time.Now)
	if err != nil {
		return nil, explainAuthority(err)
	}
	return authority, nil
}

func (c *recordCmd) announce(con *console, addr net.Addr) {
	if c.Forward {
		fmt.Fprintf(con.stderr, "reelay: recording %v as a proxy at %s; trust the certificate of `reelay ca path` first\n", c.Allow, addr)
		return
	}
	fmt.Fprintf(con.stderr, "reelay: recording %s at http://%s (Ctrl-C ends)\n", c.URL, addr)
}

// loopback reports whether an address to listen on can be reached from this
// machine only.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

// authorityDir is where this user's certificate authority is.
func authorityDir() (string, error) {
	config, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("find the folder of the certificate authority: %w", err)
	}
	return filepath.Join(config, "reelay", "ca"), nil
}
