package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/reelay/reelay/recorder/mitm"
)

// caCmd looks after the certificate authority of reelay record.
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
	Hosts []string `arg:"" optional:"" name:"host" help:"A host to record; hosts below it are included: example.com. The present ones by default."`
}

func (c caRotateCmd) Run(con *console) error {
	dir, err := authorityDir()
	if err != nil {
		return err
	}
	hosts, err := hostNames(c.Hosts)
	if err != nil {
		return err
	}
	if len(hosts) == 0 {
		old, err := mitm.LoadAuthority(dir, nil, time.Now)
		if err != nil {
			return explainAuthority(err, dir, nil)
		}
		hosts = old.Hosts()
	}
	if _, err := mitm.CreateAuthority(dir, hosts, time.Now); err != nil {
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
		return "", explainAuthority(mitm.ErrNoAuthority, dir, nil)
	}
	return path, nil
}
