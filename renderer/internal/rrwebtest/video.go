package rrwebtest

import (
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
)

// WebM is a video of 100 x 60 pixels that is red for a second and then blue for
// another, as a data URL.
func WebM(r *Recording) string {
	r.t.Helper()
	path := filepath.Join(r.t.TempDir(), "video.webm")
	cmd := exec.CommandContext(r.t.Context(), "ffmpeg", "-v", "error",
		"-f", "lavfi", "-i", "color=red:s=100x60:d=1:r=25", "-f", "lavfi", "-i", "color=blue:s=100x60:d=1:r=25",
		"-filter_complex", "[0][1]concat=n=2", "-c:v", "libvpx-vp9", path)
	if out, err := cmd.CombinedOutput(); err != nil {
		r.t.Fatalf("make video: %v\n%s", err, out)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		r.t.Fatal(err)
	}
	return "data:video/webm;base64," + base64.StdEncoding.EncodeToString(data)
}
