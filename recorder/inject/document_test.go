package inject_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/reelay/reelay/recorder/csp"
	"github.com/reelay/reelay/recorder/inject"
)

const tag = `<script src="/r.js" async=""></script>`

func document(charset string, xml bool) inject.Document {
	return inject.Document{
		Tag: []byte(tag), Charset: charset, XML: xml,
		Grant: csp.Grant{Nonce: "'nonce-N'", Script: "https://s.test/.r/", Connect: []string{"wss://s.test/.r/"}},
	}
}

func rewrite(t *testing.T, src io.Reader, doc inject.Document) (string, inject.Outcome) {
	t.Helper()
	r := inject.NewReader(src, doc)
	got, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("read document: %v", err)
	}
	return string(got), r.Outcome()
}

// In want, ¦ is where the tag must be.
func TestPlaceOfTheTag(t *testing.T) {
	tests := []struct{ name, want string }{
		{"head", `<!doctype html><html><head>¦<title>a</title></head><body>b</body></html>`},
		{"head with attributes", "<html lang=en>\n<head class='a>b' data-x=\">\">¦\n<title>a</title>"},
		{"upper case", `<!DOCTYPE HTML><HTML><HEAD>¦<TITLE>a</TITLE></HEAD>`},
		{"mixed case", `<hTmL><hEaD >¦<p>`},
		{"no head", `<!doctype html><html>¦<body>b</body></html>`},
		{"no html", `<!doctype html>¦<p>b`},
		{"nothing but text", `¦hello`},
		{"text before the first tag", "¦\n hello <head>"},
		{"header element is not head", `<html>¦<header>a</header>`},
		{"comment before head", `<!-- <head> --><html><!-- <head> --><head>¦</head>`},
		{"comment left open", `¦<!-- <head> `},
		{"comment left open at a tag", `¦<!-- <head>`},
		{"script before head", `<html>¦<script>var a = "<head>"</script><head></head>`},
		{"title without head", `<!doctype html>¦<title>a<head>b</title><p>c`},
		{"frameset", `<html><head>¦</head><frameset><frame></frameset></html>`},
		{"frameset without head", `<html>¦<frameset><frame></frameset></html>`},
		{"end tag first", `<html>¦</head><p>`},
		{"processing instruction", `<?xml version="1.0"?><html><head>¦`},
		{"head in an attribute", `<html data-a="<head>"><head>¦`},
		{"second head", `<head>¦<head>`},
		{"white space only", " \n\t¦"},
		{"unfinished tag", "<html>¦<hea"},
		{"byte order mark", "\xEF\xBB\xBF<!doctype html><head>¦"},
		{"byte order mark without head", "\xEF\xBB\xBF<!doctype html>¦<p>"},
		{"NUL bytes", "¦\x00<head>"},
		{"carriage returns", "<!doctype html>\r\n<head>¦\r\n<title>\r</title>\r"},
		{"not UTF-8", "<html><!--\xff\xfe\xe9--><head>¦\x81\x40"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			origin := strings.ReplaceAll(tt.want, "¦", "")
			want := strings.Replace(tt.want, "¦", tag, 1)
			for name, src := range sources(origin) {
				got, outcome := rewrite(t, src, document("", false))
				if got != want || outcome != inject.Injected {
					t.Errorf("%s: %s\n got %q\nwant %q", name, outcome, got, want)
				}
			}
		})
	}
}

// sources are ways in which the same bytes can arrive.
func sources(text string) map[string]io.Reader {
	return map[string]io.Reader{
		"whole":       strings.NewReader(text),
		"by byte":     iotest.OneByteReader(strings.NewReader(text)),
		"by halves":   iotest.HalfReader(strings.NewReader(text)),
		"end at once": iotest.DataErrReader(strings.NewReader(text)),
	}
}

func TestEmptyDocumentStaysEmpty(t *testing.T) {
	got, outcome := rewrite(t, strings.NewReader(""), document("", false))
	if got != "" || outcome != inject.Pending {
		t.Errorf("got %q, %q", got, outcome)
	}
}

func TestXHTML(t *testing.T) {
	tests := []struct {
		name, want string
		outcome    inject.Outcome
	}{
		{"head", "<?xml version=\"1.0\"?>\n<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\"><head>¦<title/></head></html>", inject.Injected},
		{"no head", `<html xmlns="http://www.w3.org/1999/xhtml">¦<body/></html>`, inject.Injected},
		{"foreign root", `<svg xmlns="http://www.w3.org/2000/svg"><head/></svg>`, inject.Foreign},
		{"prefixed root", `<h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:head/></h:html>`, inject.Foreign},
		{"no child", `<html xmlns="http://www.w3.org/1999/xhtml"></html>`, inject.Foreign},
		{"internal subset", `<!DOCTYPE html [<!ENTITY a "<head>">]><html><head/></html>`, inject.Undefined},
		{"nothing", ` `, inject.Foreign},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			origin := strings.ReplaceAll(tt.want, "¦", "")
			want := strings.Replace(tt.want, "¦", tag, 1)
			got, outcome := rewrite(t, strings.NewReader(origin), document("utf-8", true))
			if got != want || outcome != tt.outcome {
				t.Errorf("%s (want %s)\n got %q\nwant %q", outcome, tt.outcome, got, want)
			}
		})
	}
}

func TestUTF16(t *testing.T) {
	const text = "<!doctype html><html><!-- ä<head>漢😀 --><head>¦<title>漢字</title>" +
		`<meta http-equiv="Content-Security-Policy" content="connect-src 'none'§">`
	encode := func(order binary.AppendByteOrder, mark bool, s string) []byte {
		var out []byte
		if mark {
			s = "\uFEFF" + s
		}
		for _, u := range utf16.Encode([]rune(s)) {
			out = order.AppendUint16(out, u)
		}
		return out
	}
	plain := strings.NewReplacer("¦", "", "§", "").Replace(text)
	full := strings.NewReplacer("¦", tag, "§", "&#32;wss://s.test/.r/").Replace(text)
	tests := []struct {
		name, charset string
		order         binary.AppendByteOrder
		mark          bool
	}{
		{"little endian by header", "utf-16", binary.LittleEndian, false},
		{"big endian by header", "UTF-16BE", binary.BigEndian, false},
		{"little endian by mark", "", binary.LittleEndian, true},
		{"big endian by mark", "", binary.BigEndian, true},
		{"the mark outranks the header", "utf-8", binary.BigEndian, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := string(encode(tt.order, tt.mark, full))
			for name, src := range sources(string(encode(tt.order, tt.mark, plain))) {
				got, outcome := rewrite(t, src, document(tt.charset, false))
				if got != want || outcome != inject.Injected {
					t.Errorf("%s: %s\n got %q\nwant %q", name, outcome, got, want)
				}
			}
		})
	}
}

func TestJapaneseCharsets(t *testing.T) {
	tests := []struct{ charset, before string }{
		// 0x5C, 0x7C and 0x40 as second bytes.
		{"shift_jis", "<html><!-- \x83\x5c\x81\x7c\x81\x40 --><head>"},
		// Two-byte characters that hold "<head>" within their escape sequence.
		{"iso-2022-jp", "<!doctype html><html>\x1b$B<head>\x1b(B <head>"},
	}
	for _, tt := range tests {
		t.Run(tt.charset, func(t *testing.T) {
			if tt.charset == "iso-2022-jp" {
				// The characters are text, so the body begins at them.
				before := "<!doctype html><html>"
				got, _ := rewrite(t, strings.NewReader(tt.before), document(tt.charset, false))
				if want := before + tag + strings.TrimPrefix(tt.before, before); got != want {
					t.Errorf("got %q\nwant %q", got, want)
				}
				return
			}
			got, _ := rewrite(t, strings.NewReader(tt.before+"\x83\x5c"), document(tt.charset, false))
			if want := tt.before + tag + "\x83\x5c"; got != want {
				t.Errorf("got %q\nwant %q", got, want)
			}
		})
	}
}

func TestMetaPolicies(t *testing.T) {
	const connect = "&#32;wss://s.test/.r/"
	tests := []struct{ name, head, want string }{
		{
			"double quotes", `<meta http-equiv="Content-Security-Policy" content="connect-src 'self'; img-src *">`,
			`<meta http-equiv="Content-Security-Policy" content="connect-src 'self'` + connect + `; img-src *">`,
		},
		{
			"single quotes and references", `<META CONTENT='connect-src &#39;self&#39;; img-src &quot;' HTTP-EQUIV=content-security-policy>`,
			`<META CONTENT='connect-src &#39;self&#39;` + connect + `; img-src &quot;' HTTP-EQUIV=content-security-policy>`,
		},
		{
			"no quotes", `<meta http-equiv=content-security-policy content=connect-src />`,
			`<meta http-equiv=content-security-policy content=connect-src` + connect + ` />`,
		},
		{
			"strict-dynamic", `<meta http-equiv=content-security-policy content="script-src 'strict-dynamic' 'nonce-a'">`,
			`<meta http-equiv=content-security-policy content="script-src 'strict-dynamic' 'nonce-a'&#32;&#39;nonce-N&#39;">`,
		},
		{
			"behind a script and a template", `<script>"<body>"</script><template><p></template><noscript><p></noscript><meta http-equiv=content-security-policy content=connect-src>`,
			`<script>"<body>"</script><template><p></template><noscript><p></noscript><meta http-equiv=content-security-policy content=connect-src` + connect + `>`,
		},
		{
			"the first of two attributes", `<meta http-equiv=content-security-policy content=img-src content=connect-src>`,
			`<meta http-equiv=content-security-policy content=img-src content=connect-src>`,
		},
		{"another meta", `<meta name=description content="connect-src 'self'">`, `<meta name=description content="connect-src 'self'">`},
		{
			"in the body it does not count", `<body><meta http-equiv=content-security-policy content=connect-src>`,
			`<body><meta http-equiv=content-security-policy content=connect-src>`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for name, src := range sources("<head>" + tt.head) {
				if got, _ := rewrite(t, src, document("", false)); got != "<head>"+tag+tt.want {
					t.Errorf("%s:\n got %q\nwant %q", name, got, "<head>"+tag+tt.want)
				}
			}
		})
	}
}

func TestOversizedTokens(t *testing.T) {
	long := strings.Repeat("a", 3<<20)
	got, outcome := rewrite(t, strings.NewReader("<!--"+long+"--><head>"), document("", false))
	if outcome != inject.Oversized || got != "<!--"+long+"--><head>" {
		t.Errorf("outcome %q, %d bytes", outcome, len(got))
	}
	got, outcome = rewrite(t, strings.NewReader("<head><script>"+long+"</script><p>"), document("", false))
	if outcome != inject.Injected || got != "<head>"+tag+"<script>"+long+"</script><p>" {
		t.Errorf("outcome %q, %d bytes", outcome, len(got))
	}
}

// The script must start to load while the origin is still thinking.
func TestTheTagDoesNotWaitForTheOrigin(t *testing.T) {
	src, origin := io.Pipe()
	r := inject.NewReader(src, document("", false))
	steps := []struct{ write, read string }{
		{"<!doctype html><head>", "<!doctype html><head>" + tag},
		{"<title>a</title>", "<title>a</title>"},
		{"</head><body>one", "</head><body>one"},
		{"two", "two"},
	}
	for _, step := range steps {
		go func() { _, _ = origin.Write([]byte(step.write)) }()
		got := make([]byte, len(step.read))
		if _, err := io.ReadFull(r, got); err != nil || string(got) != step.read {
			t.Fatalf("after %q: got %q, %v", step.write, got, err)
		}
	}
}

func TestErrorOfTheSourceIsPassedOn(t *testing.T) {
	broken := errors.New("connection lost")
	for _, text := range []string{"<!doc", "<html><head>", "<html><head></head><body>x"} {
		r := inject.NewReader(io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)), document("", false))
		got, err := io.ReadAll(r)
		if !errors.Is(err, broken) {
			t.Errorf("%q: error %v", text, err)
		}
		if plain := strings.Replace(string(got), tag, "", 1); plain != text {
			t.Errorf("got %q of %q", plain, text)
		}
	}
}

func FuzzReader(f *testing.F) {
	f.Add([]byte("<!doctype html><html><head><meta http-equiv=content-security-policy content='script-src &apos;none'></head>"), "utf-8", false, 1)
	f.Add([]byte("\xff\xfe<\x00h\x00e\x00a\x00d\x00>\x00"), "", false, 3)
	f.Add([]byte("\x1b$B<head>\x1b(B<head>"), "iso-2022-jp", true, 7)
	f.Fuzz(func(t *testing.T, origin []byte, charset string, xml bool, size int) {
		size = 1 + abs(size)%64
		doc := document(charset, xml)
		got, outcome := rewrite(t, bytes.NewReader(origin), doc)
		chunked, again := rewrite(t, &chunks{origin, size}, doc)
		if got != chunked || outcome != again {
			t.Fatalf("depends on how the bytes arrive:\n%q %s\n%q %s", got, outcome, chunked, again)
		}
		if !subsequence(origin, []byte(got)) {
			t.Fatalf("%q is not a subsequence of %q", origin, got)
		}
		if outcome != inject.Injected && got != string(origin) {
			t.Fatalf("%s, but %q became %q", outcome, origin, got)
		}
		if outcome == inject.Injected && len(got) == len(origin) {
			t.Fatalf("the tag is not in %q", got)
		}
	})
}

// chunks returns at most size bytes at a time.
type chunks struct {
	data []byte
	size int
}

func (c *chunks) Read(p []byte) (int, error) {
	if len(c.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), c.size)], c.data)
	c.data = c.data[n:]
	return n, nil
}

func subsequence(short, long []byte) bool {
	for i := 0; i < len(long) && len(short) > 0; i++ {
		if long[i] == short[0] {
			short = short[1:]
		}
	}
	return len(short) == 0
}

func abs(n int) int { return max(n, -(n + 1)) }
