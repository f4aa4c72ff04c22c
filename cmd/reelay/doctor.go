package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

type doctorCmd struct {
	chromeFlags `embed:""`
}

// finding is the outcome of one check.
type finding struct {
	Check  string `json:"check"`
	State  state  `json:"state"`
	Detail string `json:"detail"`
	Remedy string `json:"remedy,omitempty"`
}

// state grades a finding.
type state string

const (
	stateOK   state = "ok"
	stateWarn state = "warn" // renders work, but not as well or as fast
	stateFail state = "fail" // no render can work
)

// Run prints every finding, so that one visit to the doctor is enough.
func (c doctorCmd) Run(ctx context.Context, con *console) error {
	checks := []func(context.Context) []finding{
		func(ctx context.Context) []finding { return checkChrome(ctx, c.chromeFlags, con.logger()) },
		checkFFmpeg,
		checkFonts,
		checkTempFolder,
		checkMachine,
	}
	var findings []finding
	for _, check := range checks {
		findings = append(findings, check(ctx)...)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	if err := printFindings(con, findings); err != nil {
		return err
	}
	if slices.ContainsFunc(findings, func(f finding) bool { return f.State == stateFail }) {
		return &verbError{
			code: exitMissing,
			err:  errors.New("something that every render needs is missing"),
			hint: "do what is said at each fail above, then run reelay doctor again",
		}
	}
	return nil
}

func printFindings(con *console, findings []finding) error {
	if con.json {
		return con.result(findings)
	}
	width := len(slices.MaxFunc(findings, func(a, b finding) int { return cmp.Compare(len(a.Check), len(b.Check)) }).Check)
	margin := "\n" + strings.Repeat(" ", len("warn")+2+width+2)
	var table strings.Builder
	for _, f := range findings {
		detail := strings.ReplaceAll(strings.TrimSpace(printable(f.Detail)), "\n", margin)
		fmt.Fprintf(&table, "%-4s  %-*s  %s\n", f.State, width, f.Check, detail)
		if f.Remedy != "" {
			fmt.Fprintf(&table, "%s→ %s\n", margin[1:], f.Remedy)
		}
	}
	_, err := io.WriteString(con.stdout, table.String())
	return err
}
