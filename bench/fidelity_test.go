package bench

import (
	"bufio"
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/reelay/reelay/fixtures"
	"github.com/reelay/reelay/recorder/visitor"
	"github.com/reelay/reelay/session"
)

// The clips that are compared with the live pages are in slow motion. A page draws
// 60 pictures a second at moments of its own: with four times as many, a clip has
// one of nearly every moment.
const (
	fidelityFPS  = 60
	fidelitySlow = 4

	pageFrame = time.Second / 60
	clipFrame = time.Second / (fidelityFPS * fidelitySlow) // session time
)

// BenchmarkFidelity takes pictures of live pages while a visitor uses them
// through the recording proxy, renders the session without overlays, and
// compares each picture with the clip's frame of the same moment. It goes from
// end to end: what the recorder misses, the replay breaks or the encoder
// smears, counts. The session is recorded at level open, for masks differ from
// the page by intent. With -artifacts, the pictures that agree least are kept,
// the live page at the left and the clip at the right.
func BenchmarkFidelity(b *testing.B) {
	program := filepath.Join(b.TempDir(), "reelay")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", program, "../cmd/reelay").CombinedOutput(); err != nil {
		b.Fatalf("build reelay: %v\n%s", err, out)
	}
	for _, journey := range []string{"shop", "signup", "spa", "dashboard", "article"} {
		b.Run(journey, func(b *testing.B) {
			for b.Loop() {
				measureFidelity(b, program, journey)
			}
		})
	}
}

func measureFidelity(b *testing.B, program, journey string) {
	b.Helper()
	bundle, looks := recordLooks(b, program, journey)
	clip := filepath.Join(b.TempDir(), "clip.mp4")
	cmd := exec.CommandContext(b.Context(), program, "render", bundle, "-o", clip, "--idle", "off",
		"--fps", strconv.Itoa(fidelityFPS), "--speed", strconv.FormatFloat(1.0/fidelitySlow, 'f', -1, 64),
		"--no-cursor", "--no-clicks", "--no-keys", "--no-footer")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("render: %v\n%s", err, out)
	}
	start, length := spanOf(b, bundle)
	matches := matchLooks(b, clip, start, length, looks)
	slices.SortFunc(matches, func(x, y match) int { return strings.Compare(fmt.Sprintf("%.9f", x.ssim), fmt.Sprintf("%.9f", y.ssim)) })
	mean := 0.0
	for _, m := range matches {
		mean += m.ssim / float64(len(matches))
	}
	for i, m := range matches[:min(8, len(matches))] {
		b.Logf("step %d at %v: %.4f", m.step, m.at.Round(time.Millisecond), m.ssim)
		keepPair(b, filepath.Join(b.ArtifactDir(), fmt.Sprintf("%d-step-%d-%.4f.png", i+1, m.step, m.ssim)), m)
	}
	report(b, map[string]float64{"ssim-mean": mean, "ssim-worst": matches[0].ssim, "looks": float64(len(matches))})
}

// recordLooks records a visit; it returns the session's bundle and what the
// visitor saw. The screens have one device pixel for each CSS pixel.
func recordLooks(b *testing.B, program, name string) (bundle string, looks []visitor.Look) {
	b.Helper()
	site := name
	if name == "signup" {
		site = "onboarding"
	}
	files, err := fs.Sub(fixtures.Sites(), site)
	if err != nil {
		b.Fatal(err)
	}
	origin := httptest.NewServer(http.FileServerFS(files))
	defer origin.Close()
	data, err := fs.ReadFile(fixtures.Journeys(), name+".json")
	if err != nil {
		b.Fatal(err)
	}
	journey, err := visitor.ParseJourney(data)
	if err != nil {
		b.Fatal(err)
	}
	for i := range journey.Steps {
		journey.Steps[i].Viewport.Scale = 1
	}
	base, stop := startRecorder(b, program, origin.URL)
	_, err = visitor.Run(b.Context(), journey, visitor.Options{
		NoSandbox: os.Geteuid() == 0, Seed: 1, Base: base, Timeout: 30 * time.Second,
		Look: func(l visitor.Look) { looks = append(looks, l) },
	})
	bundle = stop()
	if err != nil {
		b.Fatal(err)
	}
	return bundle, looks
}

// startRecorder runs reelay record in front of a site. stop ends it, and
// returns the path of the session's bundle.
func startRecorder(b *testing.B, program, site string) (base string, stop func() string) {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), program, "record", site, "--listen", "127.0.0.1:0", "--privacy", "open", "--data", b.TempDir())
	var bundles bytes.Buffer
	cmd.Stdout = &bundles
	stderr, err := cmd.StderrPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	lines := bufio.NewScanner(stderr)
	announced := regexp.MustCompile(` at (http://\S+) `)
	for base == "" && lines.Scan() {
		if found := announced.FindStringSubmatch(lines.Text()); found != nil {
			base = found[1]
		}
	}
	if base == "" {
		b.Fatalf("the recorder did not start: %v", cmd.Wait())
	}
	return base, func() string {
		b.Helper()
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			b.Fatal(err)
		}
		rest, err := io.ReadAll(stderr)
		if err := cmd.Wait(); err != nil {
			b.Fatalf("record: %v\n%s", err, rest)
		}
		paths := strings.Fields(bundles.String())
		if err != nil || len(paths) != 1 {
			b.Fatalf("the visit left %d sessions, want 1\n%s", len(paths), rest)
		}
		return paths[0]
	}
}

// spanOf is the wall clock at a clip's beginning, and when its last frame is
// shown at the latest.
func spanOf(b *testing.B, bundle string) (start time.Time, length time.Duration) {
	b.Helper()
	f, err := os.Open(bundle)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		b.Fatal(err)
	}
	opened, err := session.OpenBundle(bundle, f, info.Size())
	if err != nil {
		b.Fatal(err)
	}
	rec, err := session.Read(b.Context(), b.TempDir(), []session.Part{opened.Events()}, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = rec.Close() }()
	return rec.Start(), rec.Duration()
}

// match is what the visitor saw, and the clip's frame of that moment.
type match struct {
	step        int
	first, last int           // frames that it may be
	at          time.Duration // in the clip
	ssim        float64
	live, clip  *image.RGBA
}

// matchLooks finds the clip's frame for each look. A picture of a live page is
// taken at some moment between its two times, and a change is shown a frame
// after it happens at the earliest: of the frames of that while, the one that
// agrees best is the moment's.
func matchLooks(b *testing.B, clip string, start time.Time, length time.Duration, looks []visitor.Look) []match {
	b.Helper()
	var matches []match
	for _, look := range looks {
		from, to := time.UnixMilli(look.From).Sub(start), time.UnixMilli(look.To).Sub(start)
		if to < 0 {
			continue // before the first page
		}
		from = max(min(from-pageFrame, length-2*clipFrame), 0) // the last frame stays
		decoded, err := png.Decode(bytes.NewReader(look.Picture))
		if err != nil {
			b.Fatal(err)
		}
		m := match{step: look.Step, first: int(from / clipFrame), last: int(to / clipFrame), ssim: -1, live: image.NewRGBA(decoded.Bounds())}
		draw.Draw(m.live, m.live.Rect, decoded, image.Point{}, draw.Src)
		matches = append(matches, m)
	}
	if len(matches) == 0 {
		b.Fatal("nothing to compare")
	}
	compareFrames(b, clip, matches)
	for _, m := range matches {
		if m.clip == nil {
			b.Fatalf("the clip has no frame for step %d", m.step)
		}
	}
	return matches
}

// compareFrames decodes the clip's frames that any match may be, and finds the
// best of each. All pictures must have one size.
func compareFrames(b *testing.B, clip string, matches []match) {
	b.Helper()
	var wanted []int
	var choice []string
	for _, m := range matches {
		choice = append(choice, fmt.Sprintf("between(n,%d,%d)", m.first, m.last))
		for n := m.first; n <= m.last; n++ {
			wanted = append(wanted, n)
		}
	}
	slices.Sort(wanted)
	wanted = slices.Compact(wanted)
	cmd := exec.CommandContext(b.Context(), "ffmpeg", "-v", "error", "-i", clip, "-fps_mode", "passthrough",
		"-sws_flags", "accurate_rnd+full_chroma_int+full_chroma_inp", // else colours are some levels off
		"-vf", fmt.Sprintf("fps=%d,select='%s'", fidelityFPS, strings.Join(choice, "+")), "-f", "rawvideo", "-pix_fmt", "rgba", "-")
	cmd.Stderr = b.Output()
	frames, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	size := matches[0].live.Rect
	luma, last := map[int]grey{}, []byte(nil)
	for _, n := range wanted {
		shown := image.NewRGBA(size)
		if _, err := io.ReadFull(frames, shown.Pix); err != nil {
			break // the clip's last frame stays
		}
		for i := range matches {
			m := &matches[i]
			if n < m.first || n > m.last {
				continue
			}
			if m.live.Rect != size {
				b.Fatalf("the page is %v large at step %d, not %v", m.live.Rect.Size(), m.step, size.Size())
			}
			if m.clip != nil && bytes.Equal(shown.Pix, last) {
				continue
			}
			if _, ok := luma[i]; !ok {
				luma[i] = greyOf(m.live)
			}
			if same := ssim(luma[i], greyOf(shown)); same > m.ssim {
				m.ssim, m.clip, m.at = same, shown, time.Duration(n)*clipFrame
			}
		}
		last = shown.Pix
	}
	if rest, err := io.Copy(io.Discard, frames); rest > 0 || err != nil {
		b.Fatalf("%d bytes of the clip are left over: its frames are not %v large: %v", rest, size.Size(), err)
	}
	if err := cmd.Wait(); err != nil {
		b.Fatalf("decode clip: %v", err)
	}
}

func keepPair(b *testing.B, path string, m match) {
	b.Helper()
	size := m.live.Bounds().Size()
	pair := image.NewRGBA(image.Rect(0, 0, 2*size.X, size.Y))
	draw.Draw(pair, m.live.Bounds(), m.live, image.Point{}, draw.Src)
	draw.Draw(pair, m.live.Bounds().Add(image.Pt(size.X, 0)), m.clip, image.Point{}, draw.Src)
	var out bytes.Buffer
	if err := png.Encode(&out, pair); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
}
