package renderer_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/launcher"
	"github.com/go-rod/rod/lib/proto"

	"github.com/reelay/reelay/renderer"
	"github.com/reelay/reelay/renderer/chrome"
)

// shop is the recorded visit to the demo shop.
func shop(tb testing.TB) []byte {
	tb.Helper()
	return fixture(tb, "shop")
}

// fixture is the recorded visit to one of the demo sites.
func fixture(tb testing.TB, site string) []byte {
	tb.Helper()
	return unzip(tb, "../fixtures/sessions/"+site+".json.gz")
}

// unzip reads a recording.
func unzip(tb testing.TB, path string) []byte {
	tb.Helper()
	file, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		tb.Fatal(err)
	}
	data, err := io.ReadAll(unzipped)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// TestLikeReplayer compares frames of clips with rrweb's own player, paused at
// the same times: times at which nothing moves, since a paused player shows
// transitions at their end and endless animations at their beginning. The page of
// the sign-up, the fifth recording, never rests.
func TestLikeReplayer(t *testing.T) {
	if testing.Short() {
		t.Skip("pictures take long to compare under the race detector; make test does it without")
	}
	recordings := corpusOf(t, "real")
	for _, name := range []string{"article", "dashboard", "shop", "spa"} {
		recordings = append(recordings, "../fixtures/sessions/"+name+".json.gz")
	}
	for _, path := range recordings {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".json.gz"), func(t *testing.T) {
			likeReplayer(t, unzip(t, path))
		})
	}
}

// corpusOf lists the recordings of a folder of the corpus; none without one.
func corpusOf(t *testing.T, folder string) []string {
	t.Helper()
	if *corpus == "" {
		return nil
	}
	files, err := filepath.Glob(filepath.Join(*corpus, folder, "*.json.gz"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings in %s: %v", *corpus, err)
	}
	return files
}

func likeReplayer(t *testing.T, recording []byte) {
	t.Helper()
	clip := render(t, recording)
	times := quiet(t, recording, clip)
	if len(times) == 0 {
		t.Log("nothing to compare: it never rests in a page as large as the clip")
		return
	}
	player := replayer(t, recording, clip.width, clip.height)
	dir := t.ArtifactDir()
	frames := clip.frames(t, times)
	for _, at := range times {
		want := filepath.Join(dir, fmt.Sprintf("%v-player.png", at))
		if err := os.WriteFile(want, player(at), 0o600); err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprintf("%v-clip.png", at)
		frames[at].keep(t, got)
		s := ssim(t, filepath.Join(dir, got), want)
		lacks := lacking(clip.report, at)
		t.Logf("at %v SSIM %.4f%s", at, s, lacks)
		if s < 0.98 && lacks == "" {
			t.Errorf("at %v the clip's SSIM to rrweb's player is %.4f; compare %s and %s", at, s, got, want)
		}
	}
}

// lacking says that the clip has placeholders at a time, where rrweb's player
// shows nothing.
func lacking(report *renderer.Report, at time.Duration) string {
	for _, m := range slices.Concat(report.Missing, report.Unsupported) {
		if m.From <= at.Seconds() && at.Seconds() <= m.Until {
			return ", with placeholders"
		}
	}
	return ""
}

const (
	// rest is how long nothing has happened at a time that is compared.
	rest = 700 * ms
	// mostTimes is how many times of a recording are compared.
	mostTimes = 8
)

// quiet are times at which nothing has happened in a recording for a while, and
// the page is as large as the clip.
func quiet(t *testing.T, recording []byte, c *clip) []time.Duration {
	t.Helper()
	var events []struct {
		Type      int   `json:"type"`
		Timestamp int64 `json:"timestamp"`
		Data      struct {
			Width  int `json:"width"`
			Height int `json:"height"`
		} `json:"data"`
	}
	if err := json.Unmarshal(recording, &events); err != nil {
		t.Fatal(err)
	}
	var times []time.Duration
	fits, built := false, false
	for i, e := range events {
		if i > 0 && fits && built && e.Timestamp-events[i-1].Timestamp >= rest.Milliseconds() {
			times = append(times, time.Duration(e.Timestamp-events[0].Timestamp)*time.Millisecond-40*ms)
		}
		built = built || e.Type == 2
		if e.Data.Width > 0 && e.Data.Height > 0 { // a Meta or a resize
			fits = e.Data.Width == c.width && (e.Data.Height+1)/2 == c.height/2
		}
	}
	for len(times) > mostTimes { // every other one
		for i := range len(times) / 2 {
			times[i] = times[2*i]
		}
		times = times[:len(times)/2]
	}
	return times
}

// replayer opens a recording in rrweb's player and returns how to get its
// picture at a time.
func replayer(t *testing.T, recording []byte, width, height int) func(time.Duration) []byte {
	t.Helper()
	path, err := chrome.Find(os.Getenv("REELAY_CHROME"))
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile("../player/web/node_modules/@rrweb/replay/dist/replay.umd.min.cjs")
	if err != nil {
		t.Fatal(err)
	}
	program := launcher.New().Context(t.Context()).Bin(path).HeadlessNew(false).NoSandbox(os.Geteuid() == 0).
		Set("hide-scrollbars").Set("font-render-hinting", "none").Set("disable-lcd-text").Set("force-color-profile", "srgb").
		UserDataDir(t.TempDir())
	control, err := program.Launch()
	if err != nil {
		t.Fatal(err)
	}
	browser := rod.New().Context(t.Context()).ControlURL(control)
	if err := browser.Connect(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = browser.Close()
		program.Cleanup() // waits for its end
	})
	page := browser.MustPage("about:blank")
	page.MustSetViewport(width, height, 1, false)
	page.MustSetDocumentContent(`<!doctype html><style>body{margin:0;overflow:hidden}.replayer-mouse{display:none}.replayer-wrapper>iframe{border:0;display:block}</style>`)
	page.MustEval(`(code) => { (0, eval)(code) }`, string(script))
	page.MustEval(`(text) => { globalThis.recording = text }`, string(recording))
	shoot := func() []byte {
		shot, err := page.Screenshot(false, &proto.PageCaptureScreenshot{})
		if err != nil {
			t.Fatal(err)
		}
		return shot
	}
	return func(at time.Duration) []byte {
		// A player that has been elsewhere keeps scroll positions from there, and
		// seeking rebuilds the page, which starts its transitions anew.
		page.MustEval(`async (at) => {
			globalThis.player?.destroy()
			globalThis.player = new rrwebReplay.Replayer(JSON.parse(recording), {
				root: document.body, mouseTail: false, showWarning: false,
				insertStyleRules: ['* { scroll-behavior: auto !important }'],
			})
			player.pause(at)
			for (let i = 0; i < 3; i++) {
				await new Promise(requestAnimationFrame)
				for (const a of player.iframe.contentDocument.getAnimations()) {
					if (Number.isFinite(a.effect.getComputedTiming().endTime)) a.finish()
				}
			}
			// It hovers by a class, which rules for elements without one see.
			for (const e of player.iframe.contentDocument.querySelectorAll('[class=":hover"]')) e.removeAttribute('class')
			// It focuses by script, which shows on what a mouse has focused.
			const focused = player.iframe.contentDocument.activeElement
			if (focused?.matches('a, button')) {
				focused.blur()
				focused.focus({ preventScroll: true, focusVisible: false })
			}
		}`, at.Milliseconds())
		last := shoot()
		for {
			next := shoot()
			if bytes.Equal(last, next) {
				return next
			}
			last = next
		}
	}
}

var ssimAll = regexp.MustCompile(`All:([0-9.]+)`)

// ssim is the structural similarity of two pictures of one size.
func ssim(t *testing.T, a, b string) float64 {
	t.Helper()
	out := output(t, "sh", "-c", `ffmpeg -hide_banner -i "$1" -i "$2" -lavfi "ssim" -f null - 2>&1`, "sh", a, b)
	match := ssimAll.FindSubmatch(out)
	if match == nil {
		t.Fatalf("no SSIM in %s", bytes.TrimSpace(out))
	}
	s, err := strconv.ParseFloat(string(match[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
