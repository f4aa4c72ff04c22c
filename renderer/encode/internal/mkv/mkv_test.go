package mkv

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// What ffprobe reads in a stream is what was written.
func TestFFprobeReadsTheStream(t *testing.T) {
	times := []time.Duration{0, 33333 * time.Microsecond, 100 * time.Millisecond, 2100 * time.Millisecond, 26 * time.Hour}
	for _, format := range []FourCC{I420, BGRA} {
		t.Run(string(format), func(t *testing.T) {
			const width, height = 6, 4
			size := map[FourCC]int{I420: width * height * 3 / 2, BGRA: width * height * 4}[format]
			stream := AppendHeader(nil, Header{
				Format: format, Width: width, Height: height, FPS: 30, Title: "Größe = 1; # \\",
				Chapters: []Chapter{{0, 2 * time.Second, "One"}, {2 * time.Second, 26 * time.Hour, "第二"}},
			})
			for i, at := range times {
				stream = AppendFrame(stream, at, size)
				stream = append(stream, bytes.Repeat([]byte{byte(i)}, size)...)
			}
			cmd := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", "-f", "matroska",
				"-show_chapters", "-show_packets", "-show_streams", "-show_format", "-of", "json", "pipe:0")
			cmd.Stdin = bytes.NewReader(stream)
			var messages strings.Builder
			cmd.Stderr = &messages
			out, err := cmd.Output()
			if err != nil || messages.Len() > 0 {
				t.Fatalf("run ffprobe: %v: %s", err, messages.String())
			}
			var got struct {
				Packets []struct {
					PTSTime string `json:"pts_time"`
					Size    string `json:"size"`
					Flags   string `json:"flags"`
				} `json:"packets"`
				Streams []struct {
					Codec  string `json:"codec_name"`
					PixFmt string `json:"pix_fmt"`
					Width  int    `json:"width"`
					Height int    `json:"height"`
					Rate   string `json:"r_frame_rate"`
				} `json:"streams"`
				Chapters []struct {
					Start string            `json:"start_time"`
					End   string            `json:"end_time"`
					Tags  map[string]string `json:"tags"`
				} `json:"chapters"`
				Format struct {
					Tags map[string]string `json:"tags"`
				} `json:"format"`
			}
			if err := json.Unmarshal(out, &got); err != nil {
				t.Fatal(err)
			}
			if len(got.Packets) != len(times) {
				t.Fatalf("%d packets, want %d", len(got.Packets), len(times))
			}
			for i, p := range got.Packets {
				if want := fmt.Sprintf("%.6f", times[i].Seconds()); p.PTSTime != want || p.Size != fmt.Sprint(size) || p.Flags[0] != 'K' {
					t.Errorf("packet %d is %+v, want a key frame of %d bytes at %s", i, p, size, want)
				}
			}
			pixFmt := map[FourCC]string{I420: "yuv420p", BGRA: "bgra"}[format]
			if s := got.Streams[0]; s.Codec != "rawvideo" || s.PixFmt != pixFmt || s.Width != width || s.Height != height || s.Rate != "30/1" {
				t.Errorf("stream is %+v", s)
			}
			if title := got.Format.Tags["title"]; title != "Größe = 1; # \\" {
				t.Errorf("title is %q", title)
			}
			if len(got.Chapters) != 2 || got.Chapters[1].Tags["title"] != "第二" ||
				got.Chapters[1].Start != "2.000000" || got.Chapters[1].End != "93600.000000" {
				t.Errorf("chapters are %+v", got.Chapters)
			}
		})
	}
}

// Whatever the titles and sizes are, elements nest without gaps.
func FuzzElementsNest(f *testing.F) {
	f.Add("title", "chapter", uint16(1280), uint16(720), int64(5e9))
	f.Add("", "\x00\xff", uint16(0), uint16(65535), int64(-1))
	f.Fuzz(func(t *testing.T, title, chapter string, width, height uint16, at int64) {
		b := AppendHeader(nil, Header{
			Format: BGRA, Width: int(width), Height: int(height), FPS: 1, Title: title,
			Chapters: []Chapter{{time.Duration(at), time.Duration(at), chapter}},
		})
		payload := []byte(title)
		b = append(AppendFrame(b, time.Duration(at), len(payload)), payload...)
		walk(t, b)
	})
}

// masters are the elements that hold others.
func masters(id uint64) bool {
	switch id {
	case idEBML, idSegment, idInfo, idTracks, idTrackEntry, idVideo, idColour,
		idChapters, idEditionEntry, idChapterAtom, idChapterDisplay, idCluster:
		return true
	}
	return false
}

func walk(t *testing.T, b []byte) {
	t.Helper()
	for len(b) > 0 {
		n := 1
		for mask := byte(0x80); b[0]&mask == 0; mask >>= 1 {
			n++
		}
		var id uint64
		for _, v := range b[:n] {
			id = id<<8 | uint64(v)
		}
		b = b[n:]
		size := uint64(b[0] & 0x7f)
		if b[0] == 1 {
			size = binary.BigEndian.Uint64(b) &^ (1 << 56)
			b = b[8:]
		} else {
			b = b[1:]
		}
		if id == idSegment {
			size = uint64(len(b))
		}
		if size > uint64(len(b)) {
			t.Fatalf("element %#x of %d bytes in %d", id, size, len(b))
		}
		if masters(id) {
			walk(t, b[:size])
		}
		b = b[size:]
	}
}
