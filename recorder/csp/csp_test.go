package csp_test

import (
	"strings"
	"testing"

	"github.com/reelay/reelay/recorder/csp"
)

func grant() csp.Grant {
	return csp.Grant{
		Nonce:   "'nonce-N'",
		Script:  "https://shop.test/.reelay/",
		Connect: []string{"wss://shop.test/.reelay/", "https://shop.test/.reelay/"},
	}
}

// public is where browsers find the site that moved is for.
const public = "http://127.0.0.1:8080"

func moved() csp.Grant {
	return csp.Grant{
		Nonce: "'nonce-N'", Script: public + "/.reelay/", Connect: []string{"ws://127.0.0.1:8080/.reelay/", public + "/.reelay/"},
		Site: "https://shop.test", Public: public,
	}
}

const (
	script  = "https://shop.test/.reelay/"
	connect = "wss://shop.test/.reelay/ https://shop.test/.reelay/"
)

func TestAllow(t *testing.T) {
	tests := []struct{ name, policy, want string }{
		{"nothing governs", "img-src 'self'; frame-ancestors 'none'", "img-src 'self'; frame-ancestors 'none'"},
		{"empty", "", ""},
		{"self is enough for a script", "script-src 'self'", "script-src 'self'"},
		{"star is enough for a script", "script-src *", "script-src *"},
		{"other host", "script-src cdn.test", "script-src cdn.test " + script},
		{"none", "script-src 'none'", "script-src 'none' " + script},
		{"no sources at all", "script-src", "script-src " + script},
		{"unsafe-inline keeps working without a nonce", "script-src 'unsafe-inline' cdn.test", "script-src 'unsafe-inline' cdn.test " + script},
		{"page nonce", "script-src 'nonce-abc'", "script-src 'nonce-abc' " + script},
		{"hash", "script-src 'sha256-abc='", "script-src 'sha256-abc=' " + script},
		{"strict-dynamic needs the nonce", "script-src 'self' 'strict-dynamic' 'nonce-abc'", "script-src 'self' 'strict-dynamic' 'nonce-abc' 'nonce-N'"},
		{"strict-dynamic in capitals", "SCRIPT-SRC 'STRICT-DYNAMIC' 'nonce-abc'", "SCRIPT-SRC 'STRICT-DYNAMIC' 'nonce-abc' 'nonce-N'"},
		{"script-src-elem governs", "script-src 'self'; script-src-elem cdn.test", "script-src 'self'; script-src-elem cdn.test " + script},
		{"first duplicate counts", "script-src a.test; script-src 'self'", "script-src a.test " + script + "; script-src 'self'"},
		{"connect", "connect-src 'self'", "connect-src 'self' " + connect},
		{"connect already there", "connect-src " + connect, "connect-src " + connect},
		{"default-src is left as it is", "default-src 'none'; img-src *", "default-src 'none'; script-src-elem " + script + "; connect-src " + connect + "; img-src *"},
		{"default-src self", "default-src 'self' ;", "default-src 'self'; connect-src 'self' " + connect + " ;"},
		{"default-src strict-dynamic", "default-src 'strict-dynamic' 'nonce-a'", "default-src 'strict-dynamic' 'nonce-a'; script-src-elem 'strict-dynamic' 'nonce-a' 'nonce-N'; connect-src 'strict-dynamic' 'nonce-a' " + connect},
		{"tabs and newlines", "script-src\n\ta.test\n;\tconnect-src\tb.test", "script-src\n\ta.test " + script + "\n;\tconnect-src\tb.test " + connect},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := csp.Apply(tt.policy, csp.Allow(tt.policy, grant()))
			if got != tt.want {
				t.Errorf("policy %q\n got %q\nwant %q", tt.policy, got, tt.want)
			}
		})
	}
}

// A policy that names its own site lets it in under the recorder's address too.
func TestPoliciesMove(t *testing.T) {
	tests := []struct{ name, policy, want string }{
		{"https scheme", "img-src https: data:", "img-src https: data: " + public},
		{"host", "style-src shop.test", "style-src shop.test " + public},
		{"url with a path", "font-src https://SHOP.test/fonts/", "font-src https://SHOP.test/fonts/ " + public + "/fonts/"},
		{"spelled-out port", "form-action https://shop.test:443", "form-action https://shop.test:443 " + public},
		{"wildcard", "frame-src *.test", "frame-src *.test " + public},
		{"self follows", "img-src 'self' shop.test", "img-src 'self' shop.test"},
		{"other hosts", "img-src cdn.test https://myshop.test shop.test:8443 *.shop.test data:", "img-src cdn.test https://myshop.test shop.test:8443 *.shop.test data:"},
		{"upgrade", "img-src *; Upgrade-Insecure-Requests", "img-src *; no-Upgrade-Insecure-Requests"},
		{"not a list of sources", "report-uri https://shop.test/r", "report-uri https://shop.test/r"},
		{
			"sockets", "connect-src wss://shop.test/live",
			"connect-src wss://shop.test/live ws://127.0.0.1:8080/live ws://127.0.0.1:8080/.reelay/ http://127.0.0.1:8080/.reelay/",
		},
		{
			"derived from default-src", "default-src https:",
			"default-src https: " + public + "; script-src-elem https: " + public + " " + public + "/.reelay/; connect-src https: " + public + " ws://127.0.0.1:8080/.reelay/ http://127.0.0.1:8080/.reelay/",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := csp.Apply(tt.policy, csp.Allow(tt.policy, moved())); got != tt.want {
				t.Errorf("policy %q\n got %q\nwant %q", tt.policy, got, tt.want)
			}
		})
	}
}

func TestAllowHeaderTreatsEachPolicyOnItsOwn(t *testing.T) {
	value := "script-src a.test, default-src 'self',script-src 'self'"
	want := "script-src a.test " + script + ", default-src 'self'; connect-src 'self' " + connect + ",script-src 'self'"
	if got := csp.Apply(value, csp.AllowHeader(value, grant())); got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestScriptless(t *testing.T) {
	tests := map[string]bool{
		"sandbox":                                 true,
		"sandbox allow-forms":                     true,
		"sandbox allow-scripts allow-forms":       true,
		"SANDBOX ALLOW-SCRIPTS ALLOW-SAME-ORIGIN": false,
		"script-src 'self'":                       false,
		"script-src 'self', sandbox; img-src *":   true,

		"sandbox allow-scripts allow-same-origin, default-src 'self'": false,
	}
	for value, want := range tests {
		if got := csp.Scriptless(value); got != want {
			t.Errorf("Scriptless(%q) = %v, want %v", value, got, want)
		}
	}
}

func FuzzAllow(f *testing.F) {
	f.Add("default-src 'self'; script-src 'nonce-a' 'strict-dynamic', connect-src ;;")
	f.Add("img-src https://shop.test:443/a *.test;\tupgrade-insecure-requests ; default-src wss:")
	f.Add("\t;default-src\f'none' ;script-src-elem\x00")
	f.Fuzz(func(t *testing.T, value string) {
		got := csp.Apply(value, csp.AllowHeader(value, moved()))
		if !subsequence(value, got) {
			t.Fatalf("%q is not a subsequence of %q", value, got)
		}
		if again := csp.AllowHeader(got, moved()); len(again) != 0 {
			t.Fatalf("%q still asks for %v", got, again)
		}
		if csp.Scriptless(value) != csp.Scriptless(got) {
			t.Fatalf("sandbox changed from %q to %q", value, got)
		}
		if strings.Count(value, ",") != strings.Count(got, ",") {
			t.Fatalf("number of policies changed from %q to %q", value, got)
		}
	})
}

func subsequence(short, long string) bool {
	for i := 0; i < len(long) && short != ""; i++ {
		if long[i] == short[0] {
			short = short[1:]
		}
	}
	return short == ""
}
