package main

import (
	"context"
	"io"

	"github.com/alecthomas/kong"
)

// cli is the command line. A verb is a struct with kong tags and a method
// Run(context.Context, *console) error, in a file of its own; its line here is
// all that the rest of the program knows of it.
type cli struct {
	JSON bool `help:"Write results as JSON to standard output, and progress and errors as JSON lines to standard error."`

	Render   renderCmd   `cmd:"" help:"Render a recording to a clip."`
	Shots    shotsCmd    `cmd:"" help:"Make a still of each step, a storyboard and the steps to reproduce."`
	Record   recordCmd   `cmd:"" help:"Record the sessions of a site: a proxy in front of it."`
	Visit    visitCmd    `cmd:"" help:"Visit a site as a person would, by a script."`
	Sessions sessionsCmd `cmd:"" help:"List, show, export, import and remove recorded sessions."`
	Demo     demoCmd     `cmd:"" help:"Record a visit to the demo site and render it."`
	CA       caCmd       `cmd:"" name:"ca" help:"Look after the certificate authority of record --forward."`
	Doctor   doctorCmd   `cmd:"" help:"Check that everything a render needs is here and works."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

const description = `reelay turns recorded web sessions into clips.

Any flag can be set in the environment: --fps is REELAY_FPS. A flag on the command line wins.
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a program is missing, 4 the recording can't be used.`

// run parses args, runs the verb and returns the exit code. Cancelling ctx
// makes the verb clean up and return.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	con := &console{stdin: stdin, stdout: stdout, stderr: stderr}
	var (
		grammar  cli
		answered bool // --help was given, and kong has printed it
	)
	parser, err := kong.New(&grammar,
		kong.Name("reelay"),
		kong.Description(description),
		kong.Writers(stdout, stderr),
		kong.Exit(func(int) { answered = true }),
		kong.DefaultEnvars("REELAY"),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100, NoAppDescFormat: true}),
		kong.ValueFormatter(func(v *kong.Value) string { return v.Help }),
		kong.ExplicitGroups(renderGroups()),
	)
	if err != nil {
		return con.fail(ctx, err)
	}
	verb, err := parser.Parse(args)
	con.json = grammar.JSON
	switch {
	case answered:
		return exitDone
	case err != nil:
		return con.fail(ctx, err)
	}
	verb.BindTo(ctx, (*context.Context)(nil))
	if err := verb.Run(con); err != nil {
		return con.fail(ctx, err)
	}
	return exitDone
}
