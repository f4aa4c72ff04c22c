package chrome

import (
	"compress/gzip"
	"encoding/json"
	"image"
	"image/png"
	"log/slog"
	"os"
	"testing"
	"time"
)

func TestScratch(t *testing.T) {
	f, _ := os.Open(os.Getenv("REC"))
	z, _ := gzip.NewReader(f)
	var evs []json.RawMessage
	if err := json.NewDecoder(z).Decode(&evs); err != nil {
		t.Fatal(err)
	}
	path, _ := Find("")
	t0 := time.Now()
	dir := t.TempDir()
	b, err := Start(t.Context(), Options{Path: path, Scale: 1, Dir: dir, Screenshots: os.Getenv("SHOT") != "", Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Kill()
	t.Logf("start %v %+v", time.Since(t0), b.iso)
	t0 = time.Now()
	p, err := b.Open(t.Context(), PageOptions{Width: 1280, Height: 720, Start: time.UnixMilli(0), Deadline: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	path2, why := p.Path()
	t.Logf("open %v %s %s", time.Since(t0), path2, why)
	var first float64
	var ops Ops
	pic := Picture{1280, 720, make([]byte, 1280*720*4)}
	old := Picture{1280, 720, make([]byte, 1280*720*4)}
	var tstep, tdraw, tread, tcmp time.Duration
	n, caps := 0, 0
	for i, raw := range evs {
		var h struct {
			Type      int
			Timestamp float64
		}
		json.Unmarshal(raw, &h)
		if i == 0 {
			first = h.Timestamp
		}
		at := time.Duration((h.Timestamp - first) * 1e6)
		ops.Reset()
		ops.Event(at, 0, raw)
		a := time.Now()
		if _, err := p.Step(t.Context(), &ops, at, at); err != nil {
			t.Fatal(err)
		}
		tstep += time.Since(a)
		if h.Type == 2 {
			t.Logf("snapshot step %v at %v", time.Since(a), at)
		}
		a = time.Now()
		d, err := p.Draw(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		tdraw += time.Since(a)
		n++
		if d {
			a = time.Now()
			if err := p.Read(t.Context(), at, pic); err != nil {
				t.Fatal(err)
			}
			tread += time.Since(a)
			a = time.Now()
			old.Changed(pic)
			tcmp += time.Since(a)
			old, pic = pic, old
			caps++
		}
	}
	t.Logf("n %d caps %d step %v draw %v read %v cmp %v", n, caps, tstep/time.Duration(n), tdraw/time.Duration(n), tread/time.Duration(max(1, caps)), tcmp/time.Duration(max(1, caps)))
	img := image.NewRGBA(image.Rect(0, 0, 1280, 720))
	for i := 0; i < len(old.Pix); i += 4 {
		img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = old.Pix[i+2], old.Pix[i+1], old.Pix[i], 255
	}
	o, _ := os.Create("/tmp/scratch.png")
	png.Encode(o, img)
	o.Close()
	t.Log(p.Path())
}
