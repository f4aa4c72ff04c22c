package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/reelay/reelay/recorder"
	"github.com/reelay/reelay/recorder/mitm"
)

type recordCmd struct {
	URL string `arg:"" optional:"" name:"url" help:"The site to stand in front of: https://staging.example.com."`

	Listen   string   `default:"127.0.0.1:8080" placeholder:"ADDR" help:"Where to listen; ${default} by default."`
	Data     string   `default:"reelay-data" type:"path" placeholder:"DIR" help:"Folder for journal, assets and sessions; ${default} by default."`
	Privacy  string   `enum:"standard,strict,open" default:"standard" placeholder:"LEVEL" help:"standard masks inputs and personal data, strict all text and images, open (for made-up data) only credentials; ${default} by default."`
	TLS      bool     `name:"tls" help:"Listen with TLS, and thus HTTP/2, by a certificate of reelay ca."`
	Forward  bool     `help:"Be a forward proxy, with certificates of reelay ca for the hosts that it records."`
	Insecure bool     `help:"Accept every TLS certificate of the site, as one that it has signed itself."`
	Allow    []string `sep:"," placeholder:"HOST" help:"With --forward: record these hosts and the ones below them (example.com); everything else passes untouched. By default those that the authority was made for."`
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
	case c.Forward && c.TLS:
		return errors.New("--tls is for a site's URL: browsers reach a forward proxy without it")
	case !c.Forward && len(c.Allow) > 0:
		return errors.New("--allow goes with --forward")
	case c.Forward && !loopback(c.Listen):
		return errors.New("--forward listens on loopback only: a proxy that others reach would reach everything from here")
	}
	return nil
}

func (c *recordCmd) Run(ctx context.Context, con *console) error {
	front, err := c.front()
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
	return errors.Join(c.serve(ctx, con, keeper, front, log), keeper.close())
}

// front is what browsers meet.
type front struct {
	target    *url.URL        // the site; nil makes a forward proxy
	hosts     []string        // that a forward proxy records
	authority *mitm.Authority // nil without TLS
}

// front reads what was asked for.
func (c *recordCmd) front() (front, error) {
	if c.Forward {
		hosts, err := hostNames(c.Allow)
		if err != nil {
			return front{}, err
		}
		authority, err := openAuthority(hosts)
		if err != nil {
			return front{}, err
		}
		if len(hosts) == 0 {
			hosts = authority.Hosts()
		}
		return front{hosts: hosts, authority: authority}, nil
	}
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return front{}, usagef("write it with its scheme: https://staging.example.com", "%s is not the URL of a site", c.URL)
	}
	f := front{target: u}
	if c.TLS {
		hosts, err := listenHosts(c.Listen)
		if err != nil {
			return front{}, err
		}
		f.authority, err = openAuthority(hosts)
		return f, err
	}
	return f, nil
}

// serve records until ctx is cancelled, then hands on what there is.
func (c *recordCmd) serve(ctx context.Context, con *console, keeper *keeper, front front, log *slog.Logger) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return usagef("name another address with --listen", "%w", err)
	}
	defer func() { _ = listener.Close() }()
	transport := recorder.NewTransport()
	if c.Insecure {
		transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} //nolint:gosec // asked for
	}
	defer transport.CloseIdleConnections()
	rec, err := keeper.recorder(front.target, transport, log)
	if err != nil {
		return err
	}
	front.announce(con, listener.Addr())
	watching := make(chan struct{})
	go func() {
		defer close(watching)
		keeper.watch(ctx, log)
	}()
	err = front.serve(ctx, listener, rec, log)
	<-watching
	return errors.Join(err, keeper.handOnAll(ctx))
}

// serve serves the recorder until ctx is cancelled.
func (f front) serve(ctx context.Context, listener net.Listener, rec *recorder.Recorder, log *slog.Logger) error {
	if f.target == nil {
		proxy := mitm.New(mitm.Options{Authority: f.authority, Hosts: f.hosts, Handler: rec, Log: log})
		defer proxy.Close()
		return serveUntil(ctx, listener, proxy, rec, log)
	}
	if f.authority != nil {
		config := f.authority.TLS()
		config.NextProtos = []string{"h2", "http/1.1"}
		listener = tls.NewListener(listener, config)
	}
	return serveUntil(ctx, listener, rec, rec, log)
}

// announce tells where to go and, if there is a certificate to trust, how.
func (f front) announce(con *console, addr net.Addr) {
	browse := "http://" + addr.String() + f.path()
	if f.authority != nil {
		browse = "https://" + addr.String() + f.path()
	}
	flags := " " + browse
	if f.target == nil {
		fmt.Fprintf(con.stderr, "reelay: recording %s through a proxy at %s (Ctrl-C ends)\n", strings.Join(f.hosts, ", "), addr)
		flags = " --proxy-server=" + addr.String()
		if slices.ContainsFunc(f.hosts, func(host string) bool { return loopback(net.JoinHostPort(host, "0")) }) {
			flags += " '--proxy-bypass-list=<-loopback>'" // Chrome would go there directly
		}
	} else {
		fmt.Fprintf(con.stderr, "reelay: recording %s at %s (Ctrl-C ends)\n", f.target.Redacted(), browse)
	}
	if f.authority != nil {
		fmt.Fprintf(con.stderr, "reelay: browsers must trust the certificate of `reelay ca path`; for one that does, until it is closed:\n"+
			"  chromium --user-data-dir=\"$(mktemp -d)\" --ignore-certificate-errors-spki-list=%s%s\n", f.authority.Fingerprint(), flags)
	}
}

// path is the way to the page that the site's URL names.
func (f front) path() string {
	if f.target == nil || f.target.EscapedPath() == "/" {
		return ""
	}
	return f.target.EscapedPath()
}

// serveUntil serves a recorder until ctx is cancelled.
func serveUntil(ctx context.Context, listener net.Listener, handler http.Handler, rec *recorder.Recorder, log *slog.Logger) error {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 30 * time.Second,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug), Protocols: new(http.Protocols),
	}
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetHTTP2(true)
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
