package webp

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// chunk is a RIFF chunk, padded to an even size.
func chunk(name string, content []byte) []byte {
	b := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(content)))
	b = append(b, content...)
	if len(content)%2 != 0 {
		b = append(b, 0)
	}
	return b
}

func riff(chunks ...[]byte) []byte {
	body := append([]byte("WEBP"), bytes.Join(chunks, nil)...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func animated(durations ...int) []byte {
	chunks := [][]byte{
		chunk("VP8X", []byte{2, 0, 0, 0, 0x3f, 1, 0, 0xef, 0, 0}),
		chunk("ANIM", make([]byte, 6)),
	}
	for _, ms := range durations {
		frame := make([]byte, frameHead+5)
		putUint24(frame[durationAt:], uint32(ms))
		chunks = append(chunks, chunk("ANMF", frame))
	}
	return riff(chunks...)
}

func TestInspect(t *testing.T) {
	tests := map[string]struct {
		file []byte
		want Info
	}{
		"animated": {animated(50, 1000, 70), Info{320, 240, 3, 1120 * time.Millisecond}},
		"lossy":    {riff(chunk("VP8 ", []byte{0, 0, 0, 0x9d, 1, 0x2a, 0x40, 1, 0xf0, 0x40})), Info{320, 240, 1, 0}},
		"lossless": {riff(chunk("VP8L", []byte{0x2f, 0x3f, 0xc1, 0x3b, 0})), Info{320, 240, 1, 0}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Inspect(bytes.NewReader(test.file))
			if err != nil || got != test.want {
				t.Errorf("got %+v, %v; want %+v", got, err, test.want)
			}
			for n := range test.file {
				if _, err := Inspect(bytes.NewReader(test.file[:n])); err == nil {
					t.Fatalf("%d of %d bytes pass for a whole file", n, len(test.file))
				}
			}
			if _, err := Inspect(bytes.NewReader(append(test.file, 0))); err == nil {
				t.Error("data after the end is not noticed")
			}
		})
	}
}

func TestSetDuration(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "a.webp"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.Write(animated(50, 1000, 345)); err != nil {
		t.Fatal(err)
	}
	if err := SetDuration(file, 2*time.Second); err != nil {
		t.Fatal(err)
	}
	if got, err := Inspect(file); err != nil || got.Duration != 2*time.Second {
		t.Errorf("lasts %v, %v", got.Duration, err)
	}
	for _, d := range []time.Duration{1050 * time.Millisecond, 10 * time.Hour} {
		if err := SetDuration(file, d); err == nil {
			t.Errorf("%v passes for a duration", d)
		}
	}
}

func FuzzInspect(f *testing.F) {
	f.Add(animated(1, 2))
	f.Add(riff(chunk("VP8L", []byte{0x2f, 0, 0, 0, 0})))
	f.Fuzz(func(t *testing.T, b []byte) {
		info, err := Inspect(bytes.NewReader(b))
		if err == nil && (info.Frames < 1 || info.Frames > len(b) || info.Duration < 0) {
			t.Errorf("%d bytes say %+v", len(b), info)
		}
	})
}
