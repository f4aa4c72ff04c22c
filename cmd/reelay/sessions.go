package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"
)

// sessionsCmd looks after recorded sessions.
type sessionsCmd struct {
	List   sessionsListCmd   `cmd:"" default:"withargs" help:"List the recorded sessions."`
	Show   sessionsShowCmd   `cmd:"" help:"Print what is known of a session, as JSON."`
	Export sessionsExportCmd `cmd:"" help:"Write a session to one file, to move, attach or render it."`
	Import sessionsImportCmd `cmd:"" help:"Check session files and take them in."`
	Rm     sessionsRmCmd     `cmd:"" help:"Remove sessions."`
}

type sessionsListCmd struct{ dataFlag }

func (c *sessionsListCmd) Run(con *console) error {
	sessions, broken, err := c.library().all()
	if err != nil {
		return err
	}
	for _, err := range broken {
		con.logger().Warn("file is left out", "error", err)
	}
	if con.json {
		if sessions == nil {
			sessions = []kept{}
		}
		return con.result(sessions)
	}
	if len(sessions) == 0 {
		fmt.Fprintf(con.stderr, "reelay: no sessions in %s\n", c.library())
		return nil
	}
	table := tabwriter.NewWriter(con.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tSTARTED\tLENGTH\tPAGES\tEVENTS\tGAPS\tPRIVACY\tURL")
	for _, k := range sessions {
		m := k.Manifest
		var events uint64
		for _, p := range m.Pages {
			events += p.Events
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\t%d\t%s\t%s\n", printable(m.Session[:min(8, len(m.Session))]),
			m.Started.Local().Format(time.DateTime), m.Ended.Sub(m.Started).Round(time.Second),
			len(m.Pages), events, len(m.Gaps), printable(m.Level), printable(m.Context.URL))
	}
	return table.Flush()
}

type sessionsShowCmd struct {
	ID string `arg:"" name:"id" help:"The session's id, or how it begins."`
	dataFlag
}

func (c *sessionsShowCmd) Run(con *console) error {
	k, err := c.library().find(c.ID)
	if err != nil {
		return err
	}
	return con.result(k)
}

type sessionsExportCmd struct {
	ID     string `arg:"" name:"id" help:"The session's id, or how it begins."`
	Output string `short:"o" required:"" placeholder:"FILE" env:"-" help:"File to make: session.reelay; - is standard output."`
	dataFlag
}

func (c *sessionsExportCmd) Run(con *console) error {
	k, err := c.library().find(c.ID)
	if err != nil {
		return err
	}
	f, err := os.Open(k.Path)
	if err != nil {
		return fmt.Errorf("export session: %w", err)
	}
	defer func() { _ = f.Close() }()
	copyTo := func(w io.Writer) error {
		_, err := io.Copy(w, f)
		return err
	}
	if c.Output == stdio {
		if isTerminal(con.stdout) {
			return usagef("pipe it into a program or a file, or name a file: -o session.reelay", "standard output is a terminal, which can't show a session")
		}
		return copyTo(con.stdout)
	}
	if err := checkTargets([]target{{"-o", c.Output}}, []string{k.Path}); err != nil {
		return err
	}
	return publish(c.Output, copyTo)
}

type sessionsImportCmd struct {
	Files []string `arg:"" name:"file" help:"A file that reelay sessions export, or reelay record, has made."`
	dataFlag
}

func (c *sessionsImportCmd) Run(con *console) error {
	for _, path := range c.Files {
		to, err := c.library().add(path)
		if err != nil {
			return err
		}
		fmt.Fprintln(con.stdout, to)
	}
	return nil
}

type sessionsRmCmd struct {
	IDs []string `arg:"" name:"id" help:"A session's id, or how it begins."`
	dataFlag
}

func (c *sessionsRmCmd) Run() error {
	var paths []string
	for _, id := range c.IDs {
		k, err := c.library().find(id)
		if err != nil {
			return err
		}
		paths = append(paths, k.Path)
	}
	var errs []error
	for _, path := range paths {
		if err := os.Remove(path); err != nil {
			errs = append(errs, fmt.Errorf("remove session: %w", err))
		}
	}
	return errors.Join(errs...)
}
