package redact_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/reelay/reelay/recorder/redact"
)

const m = redact.Mask

func TestString(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"e-mail", "write to alice.b+c@mail.example.co.uk!", "write to " + m + "!"},
		{"e-mail in a URL", "https://a.test/?u=alice%40example.com&x=1", "https://a.test/?u=" + m + "&x=1"},
		{"no e-mail", "@media print { a@b } @import", "@media print { a@b } @import"},
		{"card", "Visa 4111111111111111.", "Visa " + m + "."},
		{"card in groups", "5555 5555 5555 4444 and 3782-822463-10005", m + " and " + m},
		{"card in a URL", "https://a.test/?n=4111111111111111", "https://a.test/?n=" + m},
		{"card before a date", "4111 1111 1111 1111 12/27", m + " 12/27"},
		{"card behind a number", "400 4111-1111-1111-1111", "400 " + m},
		{"wrong check digit", "4111111111111112", "4111111111111112"},
		{"fraction", "scale(0.4111111111111111)", "scale(0.4111111111111111)"},
		{"part of a hash", "a4111111111111111b.js", "a4111111111111111b.js"},
		{"timestamp", "1763931780000", "1763931780000"},
		{"IBAN", "IBAN DE89 3704 0044 0532 0130 00.", "IBAN " + m + "."},
		{"IBAN in one piece", "GB82WEST12345698765432", m},
		{"wrong IBAN", "GB83WEST12345698765432", "GB83WEST12345698765432"},
		{"international phone", "call +49 (0)30 1234-5678 now", "call " + m + " now"},
		{"national phone", "(415) 555-0199 or 415-555-0199", m + " or " + m},
		{"phone with a trunk prefix", "030 1234 5678, 07700 900123", m + ", " + m},
		{"what begins with 0", "0.123456789 0 100 200 300 04/11/2026 00012345678", "0.123456789 0 100 200 300 04/11/2026 00012345678"},
		{"marked as shown", redact.Shown + "alice@example.com 4111111111111111", "alice@example.com " + m},
		{"path data", "M10 20 30 40L-12.5-3.25 100 200 300", "M10 20 30 40L-12.5-3.25 100 200 300"},
		{"prices and dates", "2026-11-23 1,299.00 12 345 678", "2026-11-23 1,299.00 12 345 678"},
		{"JWT", "t=x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln end", "t=x " + m + " end"},
		{"bearer", "Authorization: Bearer abcdef0123456789==", "Authorization: Bearer " + m},
		{"basic", "basic YWxpY2U6c2VjcmV0", "basic " + m},
		{"basic as a word", "a basic introduction to Basic membership", "a basic introduction to Basic membership"},
		{"bearer as a word", "Bearer certificates", "Bearer certificates"},
		{"bearer without a digit", "Bearer abcdefghijklmnopqrstuvwxyz", "Bearer " + m},
		{"token in a query", "/reset?access_token=abc&lang=en", "/reset?access_token=" + m + "&lang=en"},
		{"token in a fragment", "/cb#id_token=abc", "/cb#id_token=" + m},
		{"prefixed parameter", "/?user.password=x", "/?user.password=" + m},
		{"harmless parameters", "/?page=2&sort=price", "/?page=2&sort=price"},
		{"stripe", "key sk_live_abcdefghij0123456789", "key " + m},
		{"github", "ghp_abcdefghijklmnopqrstuvwxyz0123456789", m},
		{"aws", "AKIAIOSFODNN7EXAMPLE", m},
		{"private key", "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", m},
		{"two of a kind", "a@example.com, b@example.com", m + ", " + m},
		{"style sheet", ".a{width:33.3333333333%;background:url(data:image/png;base64,iVBORw0KGgo=)}", ".a{width:33.3333333333%;background:url(data:image/png;base64,iVBORw0KGgo=)}"},
		{"invalid UTF-8", "a\xffb", "a\uFFFDb"},
	}
	r := redact.New(redact.Personal, nil)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := r.String(tt.text); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// The script masks first: an address that it leaves otherwise than the recorder
// would is not found among what was archived.
func TestLikeTheScript(t *testing.T) {
	var cases []struct{ Text, Want string }
	data, err := os.ReadFile("testdata/both.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	r := redact.New(redact.Personal, nil)
	for _, tt := range cases {
		for _, text := range []string{tt.Text, tt.Want} {
			if got := r.String(text); got != tt.Want {
				t.Errorf("%q: got %q, want %q", text, got, tt.Want)
			}
		}
	}
}

func TestURL(t *testing.T) {
	r := redact.New(redact.Personal, nil)
	want := "https://s.test/" + m + "/a.png?token=" + m
	for _, address := range []string{want, "https://s.test/" + url.PathEscape(m) + "/a.png?token=" + url.PathEscape(m), "https://s.test/alice@example.com/a.png?token=abc"} {
		if got := r.URL(address); got != want {
			t.Errorf("%s: got %s", address, got)
		}
	}
}

func TestCredentialsOnly(t *testing.T) {
	r := redact.New(redact.Credentials, nil)
	text := "alice@example.com +4930123456789 GB82WEST12345698765432 4111111111111111 ghp_abcdefghijklmnopqrstuvwxyz0123456789"
	want := "alice@example.com +4930123456789 GB82WEST12345698765432 " + m + " " + m
	if got := r.String(text); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestSecrets(t *testing.T) {
	s := redact.NewSecrets()
	for _, v := range []string{"abc123def456", "abc123def4567890", "dark", "en-GB", "a-long-value-without-any-digit"} {
		s.Add(v)
		s.Add(v)
	}
	r := redact.New(redact.Personal, s)
	tests := map[string]string{
		"x abc123def456 y":                   "x " + m + " y",
		"abc123def4567890":                   m,
		"abc123def456abc123def456":           m + m,
		"abc123de":                           "abc123de",
		"theme dark, en-GB":                  "theme dark, en-GB",
		"…a-long-value-without-any-digit…":   "…" + m + "…",
		"abc123debc123def456abc123def456abc": "abc123debc123def456" + m + "abc",
	}
	for text, want := range tests {
		if got := r.String(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestSecretsForgetTheOldest(t *testing.T) {
	s := redact.NewSecrets()
	s.Add("oldest-secret-0000")
	for i := range 5000 {
		s.Add(fmt.Sprintf("secret-number-%06d", i))
	}
	r := redact.New(redact.Personal, s)
	if got := r.String("oldest-secret-0000"); got == m {
		t.Error("the oldest is still known")
	}
	if got := r.String("secret-number-004999"); got != m {
		t.Error("the newest is not known")
	}
}

func TestJSON(t *testing.T) {
	tests := []struct{ name, event, want string }{
		{"nothing to do", `{"type":3,"data":{"text":"hello"},"timestamp":1.5e12}`, `{"type":3,"data":{"text":"hello"},"timestamp":1.5e12}`},
		{"deep", `{"a":[{"b":"to alice@example.com"}]}`, `{"a":[{"b":"to ` + m + `"}]}`},
		{"key", `{"alice@example.com":1}`, `{"` + m + `":1}`},
		{"escapes", `{"a":"alice\u0040example.com \"<b>\n"}`, `{"a":"` + m + ` \"<b>\n"}`},
		{"JSON in a string", `{"payload":["\"alice@example.com\""]}`, `{"payload":["\"` + m + `\""]}`},
		{"numbers stay", `{"timestamp":4111111111111111}`, `{"timestamp":4111111111111111}`},
		{"path data", `{"attributes":{"d":"M 120 340 1024 340 455 555 0199"}}`, `{"attributes":{"d":"M 120 340 1024 340 455 555 0199"}}`},
		{"points", `{"points": "120 340 1024 340","viewBox":"120 340 1024 340"}`, `{"points": "120 340 1024 340","viewBox":"120 340 1024 340"}`},
		{"no drawing", `{"d":"4111 1111 1111 1111","points":"call 415 555 0199"}`, `{"d":"` + m + `","points":"call ` + m + `"}`},
		{"line breaks", "{\n\"a\": \"b\"\n}", `{"a":"b"}`},
	}
	r := redact.New(redact.Personal, nil)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := r.JSON([]byte(tt.event))
			if err != nil || string(got) != tt.want {
				t.Errorf("got %s, %v\nwant %s", got, err, tt.want)
			}
		})
	}
	for _, bad := range []string{``, `[]`, `"a"`, `{`, `{}{}`, `{"a":01}`, `null`} {
		if _, err := r.JSON([]byte(bad)); !errors.Is(err, redact.ErrNotEvent) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// A secret is taken out wherever it stands on its own, and what is left is
// clean: redacting again changes nothing.
func FuzzString(f *testing.F) {
	f.Add("dear ", ", hello")
	f.Add("?x=1&a=", "&b=2")
	f.Add("4111 1111 ", " 1111")
	s := redact.NewSecrets()
	s.Add("abc123def456")
	r := redact.New(redact.Personal, s)
	f.Fuzz(func(t *testing.T, before, after string) {
		for _, secret := range []string{
			"alice@example.com", "4111 1111 1111 1111", "GB82 WEST 1234 5698 7654 32", "(415) 555-0199",
			"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "abc123def456", "sk_live_abcdefghij0123456789",
		} {
			got := r.String(before + " " + secret + " " + after)
			if !strings.Contains(before+after, secret) && strings.Contains(got, secret) {
				t.Errorf("%q is left in %q", secret, got)
			}
			if again := r.String(got); again != got {
				t.Errorf("%q, redacted again, is %q", got, again)
			}
		}
	})
}

func FuzzJSON(f *testing.F) {
	f.Add(`{"a":"alice@example.com 4111 1111 1111 1111 +4930123456789"}`)
	f.Add(`{"a\n":"\ud800 \\ DE89370400440532013000 ?token=x"}`)
	s := redact.NewSecrets()
	s.Add("abc123def456")
	r := redact.New(redact.Personal, s)
	f.Fuzz(func(t *testing.T, event string) {
		got, err := r.JSON([]byte(event))
		if err != nil {
			return
		}
		if !json.Valid(got) || strings.ContainsAny(string(got), "\r\n") {
			t.Fatalf("%q became %q", event, got)
		}
		if strings.Contains(string(got), "abc123def456") {
			t.Fatalf("a secret is left in %q", got)
		}
	})
}

func BenchmarkJSON(b *testing.B) {
	event := []byte(`{"type":3,"data":{"source":0,"adds":[{"parentId":12,"nextId":null,"node":{"type":2,"tagName":"div","attributes":{"class":"flex items-center gap-2","style":"transform: translate(12.5px, 3.25px)","href":"https://shop.example.com/products/12?page=2"},"childNodes":[],"id":4711}},{"parentId":4711,"nextId":null,"node":{"type":3,"textContent":"Add to cart for 12.99","id":4712}}]},"timestamp":1763931780000}`)
	s := redact.NewSecrets()
	s.Add("abc123def456")
	r := redact.New(redact.Personal, s)
	b.SetBytes(int64(len(event)))
	for b.Loop() {
		if _, err := r.JSON(event); err != nil {
			b.Fatal(err)
		}
	}
}
