package bench

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/reelay/reelay/renderer"
	"github.com/reelay/reelay/renderer/chrome"
)

// peerRange is how much of the shop session is compared; a peer takes a minute
// or more for it.
const peerRange = 15 * time.Second

// BenchmarkPeer compares a render with the usual way, which takes a screenshot
// at every tick: puppeteer-capture with rrweb's Replayer, in peers. Both start
// their Chrome, make 30 frames a second of the same range and encode an MP4.
func BenchmarkPeer(b *testing.B) {
	installPeers(b)
	var ours *renderer.Report
	var theirs peerReport
	for b.Loop() {
		req := request(b, shopFile, "mp4")
		req.To = peerRange
		ours = render(b, pool(b, 1, false), req, surface)
		theirs = runPeer(b)
	}
	peer := theirs.Session / theirs.Wall
	report(b, map[string]float64{"x-realtime": ours.RealTime, "peer-x-realtime": peer, "peer-ratio": ours.RealTime / peer})
}

// peerReport is what peers/capture.mjs prints; both are in seconds.
type peerReport struct {
	Session float64 `json:"seconds_of_session"`
	Wall    float64 `json:"wall_seconds"`
}

func runPeer(b *testing.B) peerReport {
	b.Helper()
	path, err := chrome.Find(os.Getenv("REELAY_CHROME"))
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	cmd := exec.CommandContext(b.Context(), "node", "peers/capture.mjs", shopFile, filepath.Join(dir, "clip.mp4"), strconv.FormatFloat(peerRange.Seconds(), 'f', -1, 64))
	cmd.Env = append(os.Environ(), "CHROME="+path, "TMPDIR="+dir)
	cmd.Stderr = b.Output()
	// It ends its Chrome when it is asked to stop.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	out, err := cmd.Output()
	if err != nil {
		b.Fatalf("run peer: %v", err)
	}
	var r peerReport
	if err := json.Unmarshal(out, &r); err != nil {
		b.Fatalf("peer said %q: %v", out, err)
	}
	return r
}

// installPeers gets the peers' packages, as their lock file pins them. Their
// .npmrc keeps the scripts of packages from running.
func installPeers(b *testing.B) {
	b.Helper()
	if _, err := os.Stat("peers/node_modules/.package-lock.json"); err == nil {
		return
	}
	cmd := exec.CommandContext(b.Context(), "npm", "--prefix", "peers", "ci", "--no-audit", "--no-fund")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("install peers: %v\n%s", err, out)
	}
}
