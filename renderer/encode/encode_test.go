package encode

import (
	"bytes"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// patches are colours that go wrong when matrices or ranges are mixed up.

// Colours that are painted are the colours that are seen.

// Chapters do not make a file longer, wherever they are.

// square is a shot that moves a white square.

// Frames are shown when they should be, and the clip ends when it should.

// What is decoded at a time is what was painted for that time.

// Blocks that did not change in a frame are right all the same, whichever

// buffer the frame travelled in.

// The same frames give the same bytes.

func TestDeterministic(t *testing.T) {
	formats := []Format{MP4, WebM, GIF, WebP, PNG}
	clip := func() []string {
		job := newJob(t, 400, 240, formats...)
		job.Title, job.Chapters, job.Duration = "Clip", []Chapter{{0, "Page"}}, at(120)
		var shots []shot
		for tick := range 100 {
			if tick < 40 {
				shots = append(shots, shot{at(tick), func(p *painter) []image.Rectangle { p.page(5 * tick); return nil }, false})
			} else {
				shots = append(shots, square(tick))
			}
		}
		if _, err := encode(t.Context(), job, at(120), shots); err != nil {
			t.Fatal(err)
		}
		var paths []string
		for _, o := range job.Outputs {
			paths = append(paths, o.Path)
		}
		return paths
	}
	a, b, c := clip(), clip(), clip()
	for i, format := range formats {
		if sum(t, a[i]) != sum(t, b[i]) || sum(t, a[i]) != sum(t, c[i]) {
			t.Errorf("%s differs from run to run", format)
		}
	}
	// Nothing in the files tells when or by which versions they were made.
	for i, format := range formats {
		file, err := os.ReadFile(a[i])
		if err != nil {
			t.Fatal(err)
		}
		for _, mark := range []string{"Lavf5", "Lavf6", "Lavc5", "Lavc6", "x264 - core"} {
			if bytes.Contains(file, []byte(mark)) {
				t.Errorf("%s contains %q", format, mark)
			}
		}
	}
}

func TestStandardOutput(t *testing.T) {
	var stdout bytes.Buffer
	job := newJob(t, 160, 90, MP4, GIF)
	job.Outputs = append(job.Outputs, Spec{Path: "-", Format: MP4})
	job.Stdout = &stdout
	results, err := encode(t.Context(), job, at(10), []shot{square(0), square(3)})
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(job.Outputs[0].Path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(stdout.Bytes(), want) {
		t.Errorf("standard output got %d bytes, the file %d", stdout.Len(), len(want))
	}
	if results[2].Path != "-" || results[2].Bytes != int64(len(want)) {
		t.Errorf("result is %+v", results[2])
	}
	if left := files(t, job.TempDir); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}

// A file that has the name is replaced when the new one is complete, and through

// a link.

func TestReplacesThroughLinks(t *testing.T) {
	job := newJob(t, 160, 90, GIF)
	dir := filepath.Dir(job.Outputs[0].Path)
	real := filepath.Join(dir, "real.gif")
	if err := os.WriteFile(real, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real.gif", job.Outputs[0].Path); err != nil {
		t.Fatal(err)
	}
	if _, err := encode(t.Context(), job, at(10), []shot{square(0)}); err != nil {
		t.Fatal(err)
	}
	if got := files(t, dir); !slices.Equal(got, []string{"clip.gif", "real.gif"}) {
		t.Errorf("the folder has %v", got)
	}
	if info, err := os.Lstat(job.Outputs[0].Path); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link was replaced")
	}
	if b, err := os.ReadFile(real); err != nil || !bytes.HasPrefix(b, []byte("GIF89a")) {
		t.Error("the file was not replaced")
	}
}

// Two jobs for one name do not disturb each other, and the one that ends last

// has its file there. What a killed job left is used again.

func TestOneNameTwoJobs(t *testing.T) {
	job := newJob(t, 160, 90, GIF)
	folder, path := filepath.Dir(job.Outputs[0].Path), job.Outputs[0].Path
	if err := os.WriteFile(filepath.Join(folder, ".clip.gif.part"), make([]byte, 100_000), 0o600); err != nil {
		t.Fatal(err)
	}
	var encoders [2]*Encoder
	for i := range encoders {
		e, err := Start(t.Context(), job, quiet())
		if err != nil {
			t.Fatal(err)
		}
		defer e.Abort()
		encoders[i] = e
		p := newPainter(160, 90)
		p.fill(image.Rect(0, 0, 160, 90), color.RGBA{uint8(i), 0, 0, 255})
		if err := e.Write(Frame{Pix: p.pix}); err != nil {
			t.Fatal(err)
		}
	}
	if got := files(t, folder); len(got) != 2 {
		t.Errorf("at work there are %v", got)
	}
	for _, i := range []int{1, 0} {
		if _, err := encoders[i].Finish(time.Second); err != nil {
			t.Fatal(err)
		}
		if got := pictures(t, path, 160, 90)[0][0]; got != uint8(i) {
			t.Errorf("after job %d the file is of job %d", i, got)
		}
	}
	if got := files(t, folder); !slices.Equal(got, []string{"clip.gif"}) {
		t.Errorf("in the end there are %v", got)
	}
}

func TestJobsThatCannotBe(t *testing.T) {
	tests := map[string]func(*Job){
		"odd width":     func(j *Job) { j.Width = 161 },
		"too high":      func(j *Job) { j.Height = 4098 },
		"no rate":       func(j *Job) { j.FPS = 0 },
		"no outputs":    func(j *Job) { j.Outputs = nil },
		"format":        func(j *Job) { j.Outputs[0].Format = "avi" },
		"same name":     func(j *Job) { j.Outputs = append(j.Outputs, j.Outputs[0]) },
		"no stdout":     func(j *Job) { j.Outputs[0].Path = "-" },
		"a folder":      func(j *Job) { j.Outputs[0].Path = j.TempDir },
		"a device":      func(j *Job) { j.Outputs[0].Path = os.DevNull },
		"no folder":     func(j *Job) { j.Outputs[0].Path += "/x/clip.mp4" },
		"no ffmpeg":     func(j *Job) { j.Tools.FFmpeg += "x" },
		"no frames":     func(*Job) {},
		"small picture": func(*Job) {},
		"back in time":  func(*Job) {},
	}
	shots := map[string][]shot{
		"small picture": {{0, func(p *painter) []image.Rectangle { p.pix = p.pix[4:]; return nil }, false}},
		"back in time":  {square(3), {at(2), func(*painter) []image.Rectangle { return nil }, false}},
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			job := newJob(t, 160, 90, MP4)
			whole := job
			whole.Outputs = slices.Clone(job.Outputs)
			spoil(&job)
			if _, err := encode(t.Context(), job, at(10), shots[name]); err == nil {
				t.Error("no error")
			}
			nothingLeft(t, whole)
		})
	}
}

func TestOverMeansOver(t *testing.T) {
	job := newJob(t, 160, 90, GIF)
	e, err := Start(t.Context(), job, quiet())
	if err != nil {
		t.Fatal(err)
	}
	p := newPainter(160, 90)
	if err := e.Write(Frame{Pix: p.pix}); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Finish(time.Second); err != nil {
		t.Fatal(err)
	}
	e.Abort() // must not take the file away
	e.Abort()
	if _, err := os.Stat(job.Outputs[0].Path); err != nil {
		t.Error(err)
	}
	if err := e.Write(Frame{Pix: p.pix}); err == nil {
		t.Error("a frame was taken after the end")
	}
	if _, err := e.Finish(time.Second); err == nil {
		t.Error("the clip was finished twice")
	}
}
