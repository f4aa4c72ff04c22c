package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/reelay/reelay/recorder/mitm"
)

// caCmd looks after the certificate authority of reelay record --forward.
type caCmd struct {
	Path   caPathCmd   `cmd:"" help:"Print where the certificate to trust is."`
	Export caExportCmd `cmd:"" help:"Print the certificate to trust, in PEM."`
	Rotate caRotateCmd `cmd:"" help:"Make a new authority, for these hosts and the ones below them only."`
}

type caPathCmd struct{}

func (caPathCmd) Run(con *console) error {
	path, err := certificatePath()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(con.stdout, path)
	return err
}

type caExportCmd struct{}

func (caExportCmd) Run(con *console) error {
	path, err := certificatePath()
	if err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("export certificate: %w", err)
	}
	defer func() { _ = f.Close() }()
	_, err = io.Copy(con.stdout, f)
	return err
}

type caRotateCmd struct {
	Hosts []string `arg:"" name:"host" help:"A host to record; hosts below it are included: example.com."`
}

func (c caRotateCmd) Run(_ context.Context, con *console) error {
	dir, err := authorityDir()
	if err != nil {
		return err
	}
	if _, err := mitm.CreateAuthority(dir, c.Hosts, time.Now); err != nil {
		return err
	}
	_, err = fmt.Fprintln(con.stdout, mitm.Path(dir))
	return err
}

// certificatePath is where the certificate is, if there is one.
func certificatePath() (string, error) {
	dir, err := authorityDir()
	if err != nil {
		return "", err
	}
	path := mitm.Path(dir)
	if _, err := os.Stat(path); err != nil {
		return "", explainAuthority(mitm.ErrNoAuthority)
	}
	return path, nil
}

// explainAuthority adds the remedy to an error of the authority.
func explainAuthority(err error) error {
	if errors.Is(err, mitm.ErrNoAuthority) || errors.Is(err, mitm.ErrNotPermitted) {
		return usagef("make one with reelay ca rotate HOST…, and trust its certificate in the browser", "%w", err)
	}
	return err
}
