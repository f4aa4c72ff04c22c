package recorder_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-rod/rod/lib/input"

	"github.com/reelay/reelay/recorder"
	"github.com/reelay/reelay/recorder/wal"
)

// canaries are secrets, and the place on the page where each is.
func canaries() map[string]string {
	return map[string]string{
		"typed":       "canarytyped",
		"mirrored":    "canarymirrored",
		"password":    "Canary-Passw0rd",
		"hidden":      "canaryhidden1",
		"csrf":        "canarycsrf123",
		"placeholder": "placeholder.canary@example.com",
		"attribute":   "attribute.canary@example.com",
		"text":        "text.canary@example.com",
		"split":       "4111 1111 1111 1111",
		"comment":     "comment.canary@example.com",
		"url":         "canary-url-token",
		"link":        "canary-link-token",
		"console":     "console.canary@example.com",
		"cookie":      "canary-cookie-0001",
		"header":      "canary-header-0002",
		"choice":      "canarychoice",
	}
}

func canaryPage(w http.ResponseWriter, c map[string]string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Set-Cookie", "sid="+c["cookie"])
	_, _ = fmt.Fprintf(w, `<!doctype html><html><head><title>Account</title><meta name="csrf-token" content="%s"></head><body>
<h1>Readable heading</h1><p>%s</p><p>%s</p><!-- %s -->
<input name=a id=typed placeholder="%s"><x-input><input name=m id=mirrored oninput="if (value.length > 3) this.parentNode.dataset.copy = value, this.parentNode.setAttribute('value', value), console.log({ value })"></x-input><input type=password id=password data-reelay-unmask>
<input type=hidden name=h value="%s"><input type=checkbox value="%s" checked><input type=radio name=r value="%s" checked>
<a href="/x?access_token=%s" title="for %s">link</a>
<button id=b onclick="console.log('%s', document.cookie); document.getElementById('b').dataset.done = 1">go</button></body></html>`,
		c["csrf"], c["text"], c["split"], c["comment"], c["placeholder"], c["hidden"], c["choice"], c["choice"], c["link"], c["attribute"], c["console"])
}

func TestCanariesAreNowhere(t *testing.T) {
	c := canaries()
	for _, level := range []recorder.Level{recorder.Standard, recorder.Strict} {
		t.Run(string(level), func(t *testing.T) {
			journal := t.TempDir()
			r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { canaryPage(w, c) }),
				rigOptions{level: level, dir: wal.Folder(journal)})
			get(t, r, "/", "Authorization: Bearer "+c["header"])
			page := openPage(t, browser(t), r.URL+"/?token="+c["url"])
			id := r.session(t)
			eventually(t, "snapshot", func() bool { return contains(r.items(t, id), `"type":2`) })
			page.MustElement("#typed").MustInput(c["typed"])
			page.MustElement("#mirrored").MustInput(c["mirrored"])
			page.MustElement("#password").MustInput(c["password"]).MustType(input.Tab)
			page.MustElement("#b").MustClick()
			eventually(t, "console", func() bool { return contains(r.items(t, id), `"type":6`) })
			page.MustNavigate("about:blank")
			eventually(t, "good-bye", func() bool { return r.journal.Sessions()[0].Left })

			var bundle bytes.Buffer
			if _, err := recorder.Export(r.journal, r.archive, id, level, &bundle); err != nil {
				t.Fatal(err)
			}
			places := map[string]string{"log": r.logs.String(), "bundle": unzip(t, bundle.Bytes())}
			segments, err := filepath.Glob(filepath.Join(journal, "*"))
			if err != nil || len(segments) == 0 {
				t.Fatalf("no journal: %v", err)
			}
			for _, name := range segments {
				data, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				places["journal"] += string(data)
			}
			for where, text := range places {
				for what, secret := range c {
					if strings.Contains(text, secret) {
						t.Errorf("%s is in the %s", what, where)
					}
				}
			}
			if readable := strings.Contains(places["bundle"], "Readable heading"); readable != (level == recorder.Standard) {
				t.Errorf("text is readable: %v", readable)
			}
		})
	}
}

func TestOpenKeepsWhatIsNoCredential(t *testing.T) {
	c := canaries()
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { canaryPage(w, c) }), rigOptions{level: recorder.Open})
	page := openPage(t, browser(t), r.URL)
	id := r.session(t)
	page.MustElement("#typed").MustInput(c["typed"])
	page.MustElement("#password").MustInput(c["password"])
	eventually(t, "what was typed", func() bool { return contains(r.items(t, id), c["typed"]) })
	for what, secret := range map[string]string{"password": c["password"], "hidden input": c["hidden"], "cookie": c["cookie"]} {
		if contains(r.items(t, id), secret) {
			t.Errorf("%s is in the journal", what)
		}
	}
}

// unzip returns all that is in a bundle as one text.
func unzip(t *testing.T, file []byte) string {
	t.Helper()
	var out strings.Builder
	for _, f := range zipEntries(t, file) {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(&out, r)
		_ = r.Close()
	}
	return out.String()
}
