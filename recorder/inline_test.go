package recorder

import (
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/reelay/reelay/recorder/redact"
)

func TestInlineStyles(t *testing.T) {
	sheet := func(url string) (string, bool) { return "b{color:red}", url == "https://x.test/a.css" }
	for _, tt := range []struct{ name, in, want string }{
		{
			"a sheet that rrweb could not read",
			`{"type":2,"tagName":"link","attributes":{"href":"https://x.test/a.css","media":"print","rel":"stylesheet"}}`,
			`{"type":2,"tagName":"link","attributes":{"_cssText":"b{color:red}","media":"print"}}`,
		}, {
			"one that lost something",
			`{"type":2,"tagName":"link","attributes":{"_cssText":"b { padding-top: ; }","rr_href":"https://x.test/a.css"}}`,
			`{"type":2,"tagName":"link","attributes":{"_cssText":"b{color:red}"}}`,
		}, {
			"one that lost something and came later",
			`{"attributes":[{"id":15,"attributes":{"_cssText":"b { padding-top: ; }","media":"print","rr_href":"https://x.test/a.css"}}]}`,
			`{"attributes":[{"id":15,"attributes":{"_cssText":"b{color:red}","media":"print"}}]}`,
		}, {
			"one that lost something and is not known",
			`{"type":2,"tagName":"link","attributes":{"_cssText":"b { padding-top: ; }","rr_href":"https://x.test/b.css"}}`,
			`{"type":2,"tagName":"link","attributes":{"_cssText":"b { padding-top: ; }"}}`,
		}, {
			"one that rrweb read in full",
			`{"type":2,"tagName":"link","attributes":{"_cssText":"b { color: blue; }","title":"stylesheet"}}`,
			`{"type":2,"tagName":"link","attributes":{"_cssText":"b { color: blue; }","title":"stylesheet"}}`,
		}, {
			"one that does not apply",
			`{"type":2,"tagName":"link","attributes":{"disabled":"","href":"https://x.test/a.css","rel":"stylesheet"}}`,
			`{"type":2,"tagName":"link","attributes":{"disabled":"","href":"https://x.test/a.css","rel":"stylesheet"}}`,
		}, {
			"one beside a number that Go has not",
			`[{"attributes":{"n":1e999,"rr_href":"https://x.test/a.css"}},{"tagName":"link","attributes":{"href":"https://x.test/a.css","rel":"stylesheet"}}]`,
			`[{"attributes":{"n":1e999,"rr_href":"https://x.test/a.css"}},{"tagName":"link","attributes":{"_cssText":"b{color:red}"}}]`,
		}, {
			"one beside half a surrogate pair",
			`[{"tagName":"\ud800","attributes":{}},{"tagName":"link","attributes":{"href":"https://x.test/a.css","rel":"stylesheet"}}]`,
			`[{"tagName":"\ud800","attributes":{}},{"tagName":"link","attributes":{"_cssText":"b{color:red}"}}]`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := inlineStyles([]byte(tt.in), sheet); string(got) != tt.want {
				t.Errorf("got %s\nwant %s", got, tt.want)
			}
		})
	}
}

// Five hundred shadow roots that link one sheet, or a page that is out for more,
// make no event that cannot be read: what is over the budget keeps its link.
func TestInlinedStylesAreBounded(t *testing.T) {
	reads := 0
	sheet := func(string) (string, bool) {
		reads++
		return strings.Repeat("b{color:red} ", 150<<10/13), true
	}
	const link = `{"tagName":"link","attributes":{"href":"https://x.test/a.css","rel":"stylesheet"}}`
	in := "[" + strings.Repeat(link+",", 499) + link + "]"
	got := inlineStyles([]byte(in), sheet)
	if len(got) > len(in)+maxInlined || len(got) < maxInlined/2 {
		t.Errorf("%d bytes of %d", len(got), len(in))
	}
	inlined := strings.Count(string(got), `"_cssText"`)
	if links := strings.Count(string(got), link); inlined == 0 || links == 0 || inlined+links != 500 || reads > inlined+1 {
		t.Errorf("%d links are left, %d are inlined, %d sheets were read", links, inlined, reads)
	}
}

// What is inlined passes the same filters as what the script sends.
func TestInlinedStylesAreRedacted(t *testing.T) {
	archive, err := OpenArchive(t.TempDir(), redact.New(redact.Personal, nil), nil, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = archive.Close() }()
	in := &incoming{}
	_, _ = io.WriteString(in, `/* by alice@example.com */ @font-face{src:url(f.woff2)} b{background:url(../photo.png);mask:url(#m)}`)
	e := Archived{URL: "https://x.test/css/a.css", Type: "text/css", Status: http.StatusOK, At: time.Now().UnixMilli()}
	if err := archive.store(in, e, nil); err != nil {
		t.Fatal(err)
	}
	answers, err := readAnswers(archive)
	if err != nil {
		t.Fatal(err)
	}
	const face = `/* by ` + redact.Mask + ` */ @font-face{src:url("https://x.test/css/f.woff2")} `
	for level, want := range map[Level]string{
		Standard: face + `b{background:url("https://x.test/photo.png");mask:url(#m)}`,
		Strict:   face + `b{background:none;mask:url(#m)}`,
	} {
		if got, ok := answers.sheetAt(time.Now(), level)("https://x.test/css/a.css"); !ok || got != want {
			t.Errorf("%s: %q, %v\nwant %q", level, got, ok, want)
		}
	}
}
