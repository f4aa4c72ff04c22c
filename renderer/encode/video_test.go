package encode

import (
	"image"
	"image/color"
	"image/gif"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/reelay/reelay/renderer/encode/internal/webp"
)

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

func TestChaptersAtTheEnd(t *testing.T) {
	for name, duration := range map[string]time.Duration{"known": at(60), "unknown": 0} {
		t.Run(name, func(t *testing.T) {
			job := newJob(t, 160, 90, MP4, WebM)
			job.Chapters, job.Duration = []Chapter{{0, "a"}, {at(58), "b"}}, duration
			if _, err := encode(t.Context(), job, at(60), []shot{square(0), square(3)}); err != nil {
				t.Fatal(err)
			}
			for _, o := range job.Outputs {
				p := ffprobe(t, o.Path)
				if len(p.Chapters) != 2 || !near(seconds(t, p.Chapters[1].Start), at(58), time.Millisecond) {
					t.Errorf("%s has the chapters %+v", o.Format, p.Chapters)
				}
				if d := seconds(t, p.Format.Duration); !near(d, at(60), time.Millisecond) {
					t.Errorf("%s lasts %v", o.Format, d)
				}
			}
		})
	}
}

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
