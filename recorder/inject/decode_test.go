package inject_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"github.com/reelay/reelay/recorder/inject"
)

type flusher interface {
	io.WriteCloser
	Flush() error
}

// encoders make an encoder for each coding; "deflate" has two formats.
func encoders(t *testing.T) map[string]func(io.Writer) flusher {
	t.Helper()
	return map[string]func(io.Writer) flusher{
		"gzip":        func(w io.Writer) flusher { return gzip.NewWriter(w) },
		"deflate":     func(w io.Writer) flusher { return zlib.NewWriter(w) },
		"raw deflate": func(w io.Writer) flusher { return must(flate.NewWriter(w, 6)) },
		"br":          func(w io.Writer) flusher { return brotli.NewWriter(w) },
		"zstd":        func(w io.Writer) flusher { return must(zstd.NewWriter(w)) },
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func header(coding string) string { return strings.TrimPrefix(coding, "raw ") }

// What the origin flushed must come out before it sends more.
func TestDecodeStreams(t *testing.T) {
	for coding, encoder := range encoders(t) {
		t.Run(coding, func(t *testing.T) {
			src, origin := io.Pipe()
			body, err := inject.Decode(src, []string{header(coding)})
			if err != nil {
				t.Fatal(err)
			}
			enc := encoder(origin)
			for _, text := range []string{"<html><head>", strings.Repeat("some text ", 20000), "</html>"} {
				flushed := make(chan struct{})
				go func() {
					defer close(flushed)
					_, _ = io.WriteString(enc, text)
					_ = enc.Flush()
				}()
				got := make([]byte, len(text))
				if _, err := io.ReadFull(body, got); err != nil || string(got) != text {
					t.Fatalf("got %.40q…, %v", got, err)
				}
				<-flushed
			}
			go func() {
				_ = enc.Close()
				_ = origin.Close()
			}()
			if rest, err := io.ReadAll(body); err != nil || len(rest) > 0 {
				t.Fatalf("at the end: %q, %v", rest, err)
			}
		})
	}
}

func TestDecodeTwice(t *testing.T) {
	var inner, outer bytes.Buffer
	b := brotli.NewWriter(&inner)
	_, _ = io.WriteString(b, "text")
	_ = b.Close()
	g := gzip.NewWriter(&outer)
	_, _ = g.Write(inner.Bytes())
	_ = g.Close()
	for _, header := range [][]string{{"br, gzip"}, {"br", "gzip"}, {"BR , identity", "x-gzip"}} {
		body, err := inject.Decode(bytes.NewReader(outer.Bytes()), header)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(body); err != nil || string(got) != "text" {
			t.Errorf("%q: got %q, %v", header, got, err)
		}
	}
}

func TestDecodeOddBodies(t *testing.T) {
	var zipped bytes.Buffer
	g := gzip.NewWriter(&zipped)
	_, _ = io.WriteString(g, "text")
	_ = g.Close()
	tests := []struct {
		name, coding, body, want string
		fails                    bool
	}{
		{"empty", "gzip", "", "", false},
		{"empty deflate", "deflate", "", "", false},
		{"garbage behind", "gzip", zipped.String() + "garbage", "text", false},
		{"cut short", "gzip", zipped.String()[:zipped.Len()-6], "text", true},
		{"not gzip at all", "gzip", "<html>", "", true},
		{"one byte of deflate", "deflate", "x", "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			body, err := inject.Decode(strings.NewReader(tt.body), []string{tt.coding})
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(body)
			if string(got) != tt.want || (err != nil) != tt.fails {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestUnknownCodings(t *testing.T) {
	for _, header := range []string{"dcb", "compress", "gzip, made-up", "gzip,gzip,gzip,gzip"} {
		if _, err := inject.Decode(strings.NewReader(""), []string{header}); err == nil {
			t.Errorf("%q was accepted", header)
		}
	}
}

func TestAcceptEncoding(t *testing.T) {
	tests := map[string]string{
		"gzip, deflate, br, zstd":       "gzip, deflate, br, zstd",
		"gzip;q=0.5, dcb, dcz, BR;q=1":  "gzip;q=0.5, BR;q=1",
		"*":                             "identity",
		"":                              "identity",
		"compress, identity;q=0.1, exi": "identity;q=0.1",
	}
	for value, want := range tests {
		if got := inject.AcceptEncoding(value); got != want {
			t.Errorf("%q: got %q, want %q", value, got, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("\x1f\x8b\x08\x00"), "gzip")
	f.Add([]byte("\x78\x9c"), "deflate, br")
	f.Add([]byte("\x28\xb5\x2f\xfd"), "zstd")
	f.Fuzz(func(t *testing.T, data []byte, header string) {
		body, err := inject.Decode(bytes.NewReader(data), []string{header})
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, io.LimitReader(body, 1<<22))
	})
}
