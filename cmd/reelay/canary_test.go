package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/launcher"
	"github.com/go-rod/rod/lib/proto"
)

// canaries are a visitor's secrets, by the place where each of them is. Two sets
// of the same kind differ in what must not show, and in length; what somebody
// types in full view shows until it is known to be an address or a card: before
// the @, the first ten digits.
type canaries map[string]string

func aliceAndBob() (alice, bob canaries) {
	alice = canaries{
		"typed": "Alice Liddell", "area": "my darkest thoughts", "diary": "dear diary, it was me",
		"password": "Tr0ub4dor&3", "otp": "493817", "code field": "771204", "card field": "5555555555554444",
		"placeholder": "placeholder.alice@example.com", "title": "title.alice@example.com", "text": "text.alice@example.com",
		"phone": "+49 30 901820", "iban": "DE89370400440532013000", "split card": "4111111111111111",
		"card, key by key": "4111111111111111", "mail, key by key": "me@wonderland.example",
		"comment": "comment.alice@example.com", "hidden": "hidden-alice-1", "csrf": "csrf-alice-123", "choice": "alices-choice",
		"data": "data-token-alice", "query": "query-alice-token", "link": "link-alice-token", "reset": "reset-alice-token",
		"console": "console.alice@example.com", "network": "network-alice-token", "cookie": "cookie-alice-0001",
		"header": "header-alice-0002", "frame": "frame.alice@example.com", "pushed": "pushed-alice-token", "shadow": "shadow.alice@example.com",
	}
	bob = canaries{
		"typed": "Bob", "area": "not one", "diary": "nothing to tell, really nothing",
		"password": "correct horse battery 1", "otp": "102030", "code field": "995511", "card field": "4012888888881881",
		"placeholder": "p.bob@longer-host.example.org", "title": "t.bob@example.org", "text": "bob@longer-host.example.org",
		"phone": "+44 20 7946 0958", "iban": "GB82WEST12345698765432", "split card": "5105105105105100",
		"card, key by key": "4111111111999996", "mail, key by key": "me@b.example",
		"comment": "c.bob@example.org", "hidden": "hidden-bob-23456", "csrf": "csrf-bob-9", "choice": "bobs-own-choice",
		"data": "data-token-of-bob", "query": "query-bob-token", "link": "link-bobs-token", "reset": "reset-bob-token",
		"console": "co.bob@example.org", "network": "network-bobs-token", "cookie": "cookie-bob-00000003",
		"header": "header-bob-00000004", "frame": "f.bob@example.org", "pushed": "pushed-bob-token", "shadow": "s.bob@example.org",
	}
	return alice, bob
}

func (c canaries) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if r.URL.Path != "/" {
		return
	}
	w.Header().Set("Set-Cookie", "sid="+c["cookie"])
	card := c["split card"]
	_, _ = fmt.Fprintf(w, `<!doctype html><html><head><title>Account</title><meta name="csrf-token" content="%[1]s">
<style>body{font:16px sans-serif} #boxes input{width:20px} :focus{outline:none}</style></head><body>
<h1>Account</h1><p>Write to %[2]s or call %[3]s.</p><p>Pay to %[4]s</p>
<p>Card <b>%[5]s</b> <i>%[6]s</i><span> <u>%[7]s</u></span>%[8]s</p><!-- %[9]s -->
<p><input id=typed placeholder="%[10]s"> <input type=password id=password data-reelay-unmask>
<input id=card aria-label="Card number" data-reelay-unmask> <input name=otp id=code data-reelay-unmask></p>
<p id=boxes>%[11]s</p><p><textarea id=area></textarea></p><div id=diary contenteditable>.</div>
<input type=hidden id=hidden value="%[12]s"><input type=checkbox id=box value="%[13]s">
<p><a href="/x?access_token=%[14]s" title="for %[15]s">link</a> <a href="mailto:%[16]s">mail</a></p>
<div data-auth-token="%[17]s">data</div><iframe srcdoc="<p>Frame of %[18]s</p><input type=hidden value='%[12]s'>" height=60></iframe>
<p id=keys></p><p id=mail></p><p id=done></p><div id=host></div>
<script>
host.attachShadow({mode:'open'}).innerHTML = '<p>In the shadow: %[19]s</p>';
hidden.value += '!'; hidden.value = hidden.value.slice(0, -1);
addEventListener('error', (e) => e.preventDefault());
async function tell() {
  console.log('%[20]s', document.cookie, document.getElementById('hidden'), '%[21]s');
  console.log({typed: document.getElementById('password').value});
  history.pushState({}, '', '/?token=%[22]s');
  await fetch('/api?token=%[23]s', {headers: {Authorization: 'Bearer %[21]s'}});
  console.error(new Error('request /api?token=%[23]s failed'));
  setTimeout(() => { throw new Error('of ' + '%[2]s') });
  for (const c of '%[24]s') { const s = document.createElement('span'); s.textContent = c; keys.append(s); await new Promise((d) => setTimeout(d, 60)); }
  for (const c of '%[25]s') { mail.textContent += c; await new Promise((d) => setTimeout(d, 60)); }
  password.type = 'text';
  history.replaceState({}, '', '/');
  done.textContent = 'done';
}
</script></body></html>`,
		c["csrf"], c["text"], c["phone"], c["iban"], card[:4], card[4:8], card[8:12], card[12:], c["comment"],
		c["placeholder"], strings.Repeat(`<input maxlength=1 data-reelay-unmask>`, len(c["otp"])), c["hidden"], c["choice"],
		c["link"], c["title"], c["title"], c["data"], c["frame"], c["shadow"], c["console"], c["header"], c["pushed"], c["network"],
		c["card, key by key"], c["mail, key by key"])
}

// visit does on the page what the canaries are for. It takes its time: each
// state of the page is to be in a picture of the video.
func (c canaries) visit(t *testing.T, b *rod.Browser, address string) {
	t.Helper()
	page, err := b.Page(proto.TargetCreateTarget{URL: address + "/?token=" + c["query"] + "#reset_token=" + c["reset"]})
	if err != nil {
		t.Fatal(err)
	}
	page = page.Timeout(2 * time.Minute)
	page.MustWaitLoad()
	rest := func() { page.MustEval(`() => new Promise((done) => setTimeout(done, 150))`) }
	for _, f := range [][2]string{{"#typed", "typed"}, {"#password", "password"}, {"#card", "card field"}, {"#code", "code field"}, {"#area", "area"}} {
		page.MustElement(f[0]).MustFocus()
		rest()
		page.MustElement(f[0]).MustInput(c[f[1]])
		rest()
	}
	page.MustElement("#diary").MustInput(c["diary"])
	rest()
	for i, box := range page.MustElements("#boxes input") {
		box.MustInput(c["otp"][i : i+1])
		rest()
	}
	page.MustElement("#box").MustClick()
	rest()
	page.MustEval(`() => document.activeElement.blur()`)
	rest()
	page.MustEval(`() => tell()`)
	page.MustElementR("#done", "done")
	rest()
	page.MustNavigate("about:blank")
}

// chromium starts the browser of a visitor. Its sandbox does not work as root,
// where tests run in containers; the pages are ours.
func chromium(t *testing.T) *rod.Browser {
	t.Helper()
	bin, err := exec.LookPath("chromium-headless-shell")
	if err != nil {
		t.Fatal("chromium-headless-shell is needed: apt-get install chromium-headless-shell")
	}
	l := launcher.New().Context(t.Context()).Bin(bin).NoSandbox(true).Leakless(false).UserDataDir(t.TempDir())
	control, err := l.Launch()
	if err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	b := rod.New().ControlURL(control).Context(context.WithoutCancel(t.Context()))
	if err := b.Connect(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		l.Cleanup()
	})
	return b
}

// recorded is what a visit left, everywhere: by the place, all of its bytes.
type recorded struct {
	places map[string]string
	clip   string // path of the video
}

// record records a visit and renders it, through the command line.
func (c canaries) record(t *testing.T, level string) recorded {
	t.Helper()
	site := httptest.NewServer(http.HandlerFunc(c.serve))
	defer site.Close()
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	var logs syncBuffer
	address, end := recordingTo(t, &logs, site.URL, data, "--privacy", level)
	c.visit(t, chromium(t), address)
	code, stdout := end()
	bundle := strings.TrimSpace(stdout)
	if code != exitDone || !strings.HasSuffix(bundle, ".reelay") || strings.Contains(bundle, "\n") {
		t.Fatalf("exit code %d, output %q, log %s", code, stdout, &logs)
	}
	r := recorded{places: map[string]string{"log": logs.String(), "output": stdout}, clip: filepath.Join(dir, "clip.mp4")}
	var rendered syncBuffer
	code = run(t.Context(), []string{
		"render", bundle, "-o", r.clip, "--report", filepath.Join(dir, "report.json"),
		"--no-cursor", "--no-clicks", "--no-keys", "--no-footer", "--fps", "30", "--idle", "off",
	}, strings.NewReader(""), io.Discard, &rendered)
	if code != exitDone {
		t.Fatalf("render: exit code %d: %s", code, &rendered)
	}
	r.places["log of the render"] = rendered.String()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		r.places[path[len(dir):]] = path + string(content)
		if filepath.Ext(path) == ".reelay" {
			r.places[path[len(dir):]] = unzipped(t, content)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func unzipped(t *testing.T, file []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(&out, r)
		_ = r.Close()
	}
	return out.String()
}

// forms are the ways in which a secret may be written.
func forms(secret string) []string {
	return []string{secret, url.QueryEscape(secret), url.PathEscape(secret), strings.ReplaceAll(secret, "&", `\u0026`), base64.StdEncoding.EncodeToString([]byte(secret))}
}

// Secrets on every path: after a visit to a page that is full of them, they are
// in no file and no line of a log, and in no pixel of the video: visits with
// different secrets give the same pictures. At the level that shows what people
// write the pictures differ, so that the comparison is known to see it.
func TestCanaries(t *testing.T) {
	alice, bob := aliceAndBob()
	for _, level := range []string{"standard", "strict", "open"} {
		t.Run(level, func(t *testing.T) {
			clips := []string{}
			for _, c := range []canaries{alice, bob} {
				r := c.record(t, level)
				clips = append(clips, r.clip)
				c.search(t, r, level)
			}
			apart := max(difference(t, clips[0], clips[1]), difference(t, clips[1], clips[0]))
			t.Logf("pictures differ by %d of 255", apart)
			// What a lossy codec makes of equal pictures, and a letter's part of a
			// block, are far on both sides.
			const visible = 24
			if (level == "open") != (apart > visible) {
				t.Errorf("pictures of different secrets differ by %d of 255", apart)
			}
		})
	}
}

func (c canaries) search(t *testing.T, r recorded, level string) {
	t.Helper()
	if len(r.places) < 7 {
		t.Errorf("there are only %d places to search", len(r.places))
	}
	open := map[string]bool{
		"typed": true, "area": true, "diary": true, "placeholder": true, "title": true, "text": true, "phone": true, "iban": true,
		"mail, key by key": true, "comment": true, "choice": true, "console": true, "frame": true, "shadow": true,
	}
	for where, content := range r.places {
		for what, secret := range c {
			if level == "open" && open[what] {
				continue
			}
			for _, form := range forms(secret) {
				if at := strings.Index(content, form); at >= 0 {
					t.Errorf("%s is in %s: …%q…", what, where, content[max(0, at-80):min(len(content), at+len(form)+40)])
				}
			}
		}
	}
	if readable := strings.Contains(fmt.Sprint(r.places), "Write to "); readable == (level == "strict") {
		t.Errorf("the text is readable: %v", readable)
	}
}

// blocks are the pictures of a video, each as the brightness of its blocks of 8
// by 8 pixels.
func blocks(t *testing.T, clip string) [][]byte {
	t.Helper()
	const w, h = 160, 100
	cmd := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-i", clip, "-vf", fmt.Sprintf("scale=%d:%d:flags=area,format=gray", w, h), "-f", "rawvideo", "-")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	raw, err := cmd.Output()
	if err != nil || len(raw) < w*h {
		t.Fatalf("decode %s: %v: %s", clip, err, &stderr)
	}
	var out [][]byte
	for ; len(raw) >= w*h; raw = raw[w*h:] {
		out = append(out, raw[:w*h])
	}
	return out
}

// difference is how far the picture of a is, at its worst block, from the
// picture of b that is most like it: for the picture where that is most.
func difference(t *testing.T, a, b string) int {
	t.Helper()
	most := 0
	others := blocks(t, b)
	for _, frame := range blocks(t, a) {
		least := 255
		for _, other := range others {
			worst := 0
			for i := range frame {
				worst = max(worst, max(int(frame[i])-int(other[i]), int(other[i])-int(frame[i])))
			}
			least = min(least, worst)
		}
		most = max(most, least)
	}
	return most
}

// syncBuffer gathers what several goroutines write.
type syncBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
