package encode

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/reelay/reelay/renderer/encode/internal/webp"
)

// patches are colours that go wrong when matrices or ranges are mixed up.
func patches() []color.RGBA {
	var list []color.RGBA
	for _, r := range []uint8{0, 128, 255} {
		for _, g := range []uint8{0, 128, 255} {
			for _, b := range []uint8{0, 128, 255} {
				list = append(list, color.RGBA{r, g, b, 255})
			}
		}
	}
	return append(list, color.RGBA{0x22, 0x42, 0xd6, 255}, color.RGBA{0xf6, 0xf7, 0xf9, 255}, color.RGBA{1, 2, 3, 255})
}

const patchSide = 32

func patchAt(i int) image.Rectangle {
	at := image.Pt(i%6*patchSide, i/6*patchSide)
	return image.Rectangle{at, at.Add(image.Pt(patchSide, patchSide))}
}

// Colours that are painted are the colours that are seen.
func TestColoursSurvive(t *testing.T) {
	const width, height = 6 * patchSide, 5 * patchSide
	tolerance := map[Format]int{MP4: 2, WebM: 3, GIF: 0, PNG: 0}
	job := newJob(t, width, height, MP4, WebM, GIF, PNG)
	_, err := encode(t.Context(), job, at(6), []shot{
		{0, func(*painter) []image.Rectangle { return nil }, false},
		{at(3), func(p *painter) []image.Rectangle {
			for i, c := range patches() {
				p.fill(patchAt(i), c)
			}
			return nil
		}, true},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range job.Outputs {
		t.Run(string(o.Format), func(t *testing.T) {
			all := pictures(t, o.Path, width, height)
			last := all[len(all)-1]
			for i, want := range patches() {
				middle := patchAt(i).Min.Add(image.Pt(patchSide/2, patchSide/2))
				got := last[3*(middle.Y*width+middle.X):]
				for c, v := range [3]uint8{want.R, want.G, want.B} {
					if d := int(got[c]) - int(v); d > tolerance[o.Format] || -d > tolerance[o.Format] {
						t.Errorf("%v became %v", want, got[:3])
						break
					}
				}
			}
		})
	}
}

func TestVideoIsTaggedAndSeekable(t *testing.T) {
	job := newJob(t, 320, 180, MP4, WebM)
	job.Title = "A shop\n" + strings.Repeat("x", 500)
	job.Duration = at(400)
	job.Chapters = []Chapter{{0, "Start"}, {at(200), "Ende = ü; #"}}
	var shots []shot
	for tick := range 390 {
		shots = append(shots, shot{at(tick), func(p *painter) []image.Rectangle {
			p.page(3 * tick)
			return nil
		}, false})
	}
	if _, err := encode(t.Context(), job, job.Duration, shots); err != nil {
		t.Fatal(err)
	}
	for _, o := range job.Outputs {
		t.Run(string(o.Format), func(t *testing.T) {
			p := ffprobe(t, o.Path)
			want := map[string]any{
				"pix_fmt": "yuv420p", "color_range": "tv", "color_space": "bt709",
				"color_primaries": "bt709", "color_transfer": "bt709", "has_b_frames": 0.0,
			}
			if o.Format == MP4 {
				want["codec_name"], want["profile"] = "h264", "High"
			} else {
				want["codec_name"] = "vp9"
			}
			for key, value := range want {
				if p.Streams[0][key] != value {
					t.Errorf("%s is %v, want %v", key, p.Streams[0][key], value)
				}
			}
			if len(p.Chapters) != 2 {
				t.Fatalf("%d chapters, want 2", len(p.Chapters))
			}
			for i, c := range p.Chapters {
				end := job.Duration
				if i == 0 {
					end = job.Chapters[1].Start
				}
				if c.Tags["title"] != job.Chapters[i].Title || !near(seconds(t, c.Start), job.Chapters[i].Start, time.Millisecond) || !near(seconds(t, c.End), end, time.Millisecond) {
					t.Errorf("chapter %d is %+v", i, c)
				}
			}
			if title := p.Format.Tags["title"]; !strings.HasPrefix(title, "A shop xxx") || len([]rune(title)) != maxTitle {
				t.Errorf("title is %q", title)
			}
			last := time.Duration(0)
			for i, packet := range p.Packets {
				if strings.HasPrefix(packet.Flags, "K") {
					last = p.times(t)[i]
				}
				if since := p.times(t)[i] - last; since > 5*time.Second {
					t.Fatalf("no key frame for %v", since)
				}
			}
		})
	}
	if got := boxes(t, job.Outputs[0].Path); slices.Index(got, "moov") > slices.Index(got, "mdat") || !slices.Contains(got, "moov") {
		t.Errorf("boxes are %v: the index has to come first", got)
	}
}

// square is a shot that moves a white square.
func square(tick int) shot {
	return shot{at(tick), func(p *painter) []image.Rectangle {
		if tick == 0 {
			p.fill(image.Rect(0, 0, p.width, p.height), color.RGBA{40, 80, 120, 255})
		}
		r := image.Rect(tick%100, 20, tick%100+16, 36)
		p.fill(r, color.RGBA{255, 255, 255, 255})
		return []image.Rectangle{r}
	}, false}
}

// Frames are shown when they should be, and the clip ends when it should.
func TestTimes(t *testing.T) {
	job := newJob(t, 160, 90, MP4, WebM, GIF, WebP)
	end := at(200)
	ticks := []int{0, 1, 2, 3, 63, 64, 190}
	var shots []shot
	for _, tick := range ticks {
		shots = append(shots, square(tick))
	}
	results, err := encode(t.Context(), job, end, shots)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range results {
		if r.Path != job.Outputs[i].Path || r.Format != job.Outputs[i].Format || !near(r.Duration, end, 5*time.Millisecond) || r.Bytes == 0 || r.Width != 160 || r.Height != 90 {
			t.Errorf("result %d is %+v", i, r)
		}
		if video := r.Format != GIF; video && r.CPU == 0 {
			t.Errorf("%s took no time", r.Format)
		}
	}

	// A video has every frame, one every two seconds at least, and one on the
	// last tick.
	want := []int{0, 1, 2, 3, 63, 64, 124, 184, 190, 199}
	for _, o := range job.Outputs[:2] {
		p := ffprobe(t, o.Path)
		times := p.times(t)
		if len(times) != len(want) {
			t.Fatalf("%s has frames at %v", o.Format, times)
		}
		for i, tick := range want {
			if !near(times[i], at(tick), 600*time.Microsecond) { // WebM counts in milliseconds
				t.Errorf("%s: frame %d is at %v, want %v", o.Format, i, times[i], at(tick))
			}
		}
		if d := seconds(t, p.Format.Duration); !near(d, end, time.Millisecond) {
			t.Errorf("%s lasts %v, want %v", o.Format, d, end)
		}
	}

	// An animation has its own grid: ticks 0 and 1 fall together, 2 and 3 are 1
	// and 2, 63 and 64 fall together.
	wantDelays := []int{5, 5, 200, 420, 37}
	file, err := os.Open(job.Outputs[2].Path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	g, err := gif.DecodeAll(file)
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, d := range g.Delay {
		total += d
	}
	if total != 667 || len(g.Delay) != len(wantDelays) {
		t.Errorf("GIF delays are %v, want %v", g.Delay, wantDelays)
	}
	animation, err := os.Open(job.Outputs[3].Path)
	if err != nil {
		t.Fatal(err)
	}
	defer animation.Close()
	info, err := webp.Inspect(animation)
	if err != nil {
		t.Fatal(err)
	}
	if info.Frames != len(wantDelays) || !near(info.Duration, end, time.Millisecond) {
		t.Errorf("WebP is %+v", info)
	}
}

// What is decoded at a time is what was painted for that time.
func TestPicturesInOrder(t *testing.T) {
	const width, height = 128, 64
	job := newJob(t, width, height, MP4, WebM, GIF)
	colour := func(i int) color.RGBA { return color.RGBA{uint8(i * 20), uint8(255 - i*20), uint8(i * 9), 255} }
	var shots []shot
	for i := range 12 {
		shots = append(shots, shot{at(3 * i), func(p *painter) []image.Rectangle {
			r := image.Rect(0, 0, width, height)
			p.fill(r, colour(i))
			return []image.Rectangle{r}
		}, false})
	}
	if _, err := encode(t.Context(), job, at(36), shots); err != nil {
		t.Fatal(err)
	}
	for _, o := range job.Outputs {
		all := pictures(t, o.Path, width, height)
		if len(all) < 12 {
			t.Fatalf("%s has %d pictures", o.Format, len(all))
		}
		for i := range 12 {
			got, want := all[i][3*(32*width+64):], colour(i)
			for c, v := range [3]uint8{want.R, want.G, want.B} {
				if d := int(got[c]) - int(v); d > 3 || d < -3 {
					t.Errorf("%s: picture %d is %v, want %v", o.Format, i, got[:3], want)
					break
				}
			}
		}
	}
}

// Blocks that did not change in a frame are right all the same, whichever
// buffer the frame travelled in.
func TestDirtyRectanglesAddUp(t *testing.T) {
	const width, height = 320, 192
	job := newJob(t, width, height, GIF, MP4)
	var want []byte
	shots := []shot{{0, func(p *painter) []image.Rectangle { p.page(0); return nil }, false}}
	for i := 1; i < 40; i++ {
		shots = append(shots, shot{at(2 * i), func(p *painter) []image.Rectangle {
			r := image.Rect(7*i, 4*i, 7*i+30, 4*i+20).Intersect(image.Rect(0, 0, width, height))
			p.fill(r, color.RGBA{uint8(6 * i), 90, 200, 255})
			want = bytes.Clone(p.pix)
			return []image.Rectangle{r}
		}, false})
	}
	if _, err := encode(t.Context(), job, at(80), shots); err != nil {
		t.Fatal(err)
	}
	for i, tolerance := range []float64{1, 12} {
		all := pictures(t, job.Outputs[i].Path, width, height)
		last := all[len(all)-1]
		sum := 0
		for p := range width * height {
			for c := range 3 {
				d := int(last[3*p+c]) - int(want[4*p+2-c])
				sum += d * d
			}
		}
		if mse := float64(sum) / (3 * width * height); mse > tolerance*tolerance {
			t.Errorf("%s: the last picture is off by a mean square of %.1f", job.Outputs[i].Format, mse)
		}
	}
}

func TestPosterIsExact(t *testing.T) {
	for name, marked := range map[string]int{"marked": 2, "first": -1} {
		t.Run(name, func(t *testing.T) {
			const width, height = 64, 48
			job := newJob(t, width, height, PNG)
			var want []byte
			var shots []shot
			for i := range 4 {
				shots = append(shots, shot{at(i), func(p *painter) []image.Rectangle {
					p.page(20 * i)
					if i == max(marked, 0) {
						want = bytes.Clone(p.pix)
					}
					return nil
				}, i == marked})
			}
			if _, err := encode(t.Context(), job, at(4), shots); err != nil {
				t.Fatal(err)
			}
			file, err := os.Open(job.Outputs[0].Path)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			m, err := png.Decode(file)
			if err != nil {
				t.Fatal(err)
			}
			for i := range width * height {
				got := color.RGBAModel.Convert(m.At(i%width, i/width))
				if got != (color.RGBA{want[4*i+2], want[4*i+1], want[4*i], 255}) {
					t.Fatalf("pixel %d is %v", i, got)
				}
			}
		})
	}
}

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
