// Package csp widens a Content-Security-Policy just enough for the recorder
// script to load and to send, and only by inserting text: nothing of the
// site's policy is removed or reordered. It works on policy text alone and
// imports no other package of reelay.
package csp

import (
	"slices"
	"strings"
)

// Grant is what the recorder needs of a page's policy. All fields are CSP
// source expressions in ASCII, free of spaces, semicolons and commas.
type Grant struct {
	Nonce   string   // "'nonce-…'" of the injected tag
	Script  string   // URL of the recorder script, or the folder that it is in
	Connect []string // URLs that the script talks to: the socket and the fallback
	// Site and Public are the page's origin as its policy knows it and as the
	// browser does ("https://a.test"); empty if they are the same.
	Site, Public string
}

// Insertion is text to put in front of the byte at Offset of a policy.
type Insertion struct {
	Offset int
	Text   string
}

// Allow returns what to insert into one policy (a meta element's content, or
// one element of a header's comma-separated list) so that it permits g. The
// insertions are in ascending order; there are none when nothing is in the
// way.
//
// A script element is governed by script-src-elem, else script-src, else
// default-src; a connection by connect-src, else default-src. A directive of
// its own is derived from default-src, so that the other resources that
// default-src governs stay as they were.
//
// Where the policy names the site's own origin, the public one is added.
func Allow(policy string, g Grant) []Insertion {
	list := parse(policy)
	out := move(list, g.Site, g.Public)
	if d := governing(list, "script-src-elem", "script-src", "default-src"); d != nil {
		out = append(out, d.extend("script-src-elem", scriptSources(d.sources, g))...)
	}
	if d := governing(list, "connect-src", "default-src"); d != nil {
		out = append(out, d.extend("connect-src", missing(d.sources, g.Connect))...)
	}
	slices.SortStableFunc(out, func(a, b Insertion) int { return a.Offset - b.Offset })
	return out
}

// AllowHeader is Allow for the value of a header, which may hold several
// policies separated by commas.
func AllowHeader(value string, g Grant) []Insertion {
	var out []Insertion
	start := 0
	for policy := range strings.SplitSeq(value, ",") {
		for _, in := range Allow(policy, g) {
			out = append(out, Insertion{Offset: start + in.Offset, Text: in.Text})
		}
		start += len(policy) + 1
	}
	return out
}

// Apply returns policy with the insertions made. They must be in ascending
// order and within the policy.
func Apply(policy string, insertions []Insertion) string {
	var b strings.Builder
	last := 0
	for _, in := range insertions {
		b.WriteString(policy[last:in.Offset])
		b.WriteString(in.Text)
		last = in.Offset
	}
	b.WriteString(policy[last:])
	return b.String()
}

// Scriptless reports whether a header value holds a policy that keeps a page
// from being recorded whatever is granted: a sandbox without scripts, or one
// whose scripts have no origin to send to and no storage.
func Scriptless(value string) bool {
	for policy := range strings.SplitSeq(value, ",") {
		d := governing(parse(policy), "sandbox")
		if d != nil && (!d.has("allow-scripts") || !d.has("allow-same-origin")) {
			return true
		}
	}
	return false
}

// scriptSources says what a script directive's sources lack. Host sources are
// ignored under 'strict-dynamic', so only the nonce helps there. Elsewhere the
// URL is the smaller grant, and a nonce would disable the page's own
// 'unsafe-inline'.
func scriptSources(have []string, g Grant) []string {
	if contains(have, "'strict-dynamic'") {
		return missing(have, []string{g.Nonce})
	}
	if contains(have, "'self'") || contains(have, "*") {
		return nil
	}
	return missing(have, []string{g.Script})
}

func missing(have, want []string) []string {
	var out []string
	for _, w := range want {
		if !slices.Contains(have, w) {
			out = append(out, w)
		}
	}
	return out
}

func contains(sources []string, source string) bool {
	return slices.ContainsFunc(sources, func(s string) bool { return strings.EqualFold(s, source) })
}
