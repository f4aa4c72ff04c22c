package session_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/reelay/reelay/session"
)

// bundle makes a small one, with two answers for one URL.
func bundle(tb testing.TB) []byte {
	tb.Helper()
	var file bytes.Buffer
	w, err := session.NewBundleWriter(&file)
	if err != nil {
		tb.Fatal(err)
	}
	m := session.Manifest{Session: "s", Level: "standard", Started: time.UnixMilli(1000).UTC(), Ended: time.UnixMilli(9000).UTC()}
	for i, page := range []string{"a", "b"} {
		for _, event := range []string{
			`{"type":4,"data":{"href":"https://a.test/","width":800,"height":600},"timestamp":%d}`,
			`{"type":2,"data":{"node":{"type":0,"childNodes":[],"id":1},"initialOffset":{"top":0,"left":0}},"timestamp":%d}`,
			`{"type":3,"data":{"source":3,"id":1,"x":0,"y":5},"timestamp":%d}`,
		} {
			if err := w.Event(page, fmt.Appendf(nil, event, 1000+i*10)); err != nil {
				tb.Fatal(err)
			}
		}
		m.Pages = append(m.Pages, session.BundlePage{ID: page, Tab: "t", Events: 3, Left: true})
	}
	for i, body := range []string{"one", "two", "one"} {
		sum := sha256.Sum256([]byte(body))
		hash := hex.EncodeToString(sum[:])
		if err := w.Asset(hash, strings.NewReader(body)); err != nil {
			tb.Fatal(err)
		}
		m.Assets = append(m.Assets, session.BundleAsset{URL: "https://a.test/a.css", SHA256: hash, Type: "text/css", Status: 200, Size: 3, At: time.UnixMilli(int64(i) * 2000).UTC()})
	}
	if err := w.Close(m); err != nil {
		tb.Fatal(err)
	}
	return file.Bytes()
}

func openBundle(file []byte) (*session.Bundle, error) {
	return session.OpenBundle("x.reelay", bytes.NewReader(file), int64(len(file)))
}

func TestBundleRoundTrip(t *testing.T) {
	b, err := openBundle(bundle(t))
	if err != nil {
		t.Fatal(err)
	}
	if m := b.Manifest; m.Format != session.BundleFormat || m.Session != "s" || len(m.Pages) != 2 || len(m.Assets) != 3 {
		t.Errorf("manifest %+v", m)
	}
	rec, err := session.Read(t.Context(), t.TempDir(), []session.Part{b.Events()}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rec.Close() }()
	if rec.Len() != 6 || len(rec.Streams()) != 2 || rec.Streams()[1].Window != "b" {
		t.Errorf("%d events in streams %+v", rec.Len(), rec.Streams())
	}
	for at, want := range map[int64]string{-1: "one", 1999: "one", 2000: "two", 3999: "two", 9999: "one"} {
		a, ok := b.Asset("https://a.test/a.css", time.UnixMilli(at))
		if !ok {
			t.Fatal("asset is not found")
		}
		if body, err := b.Body(a.SHA256); err != nil || string(body) != want {
			t.Errorf("at %d: %q, %v, want %q", at, body, err, want)
		}
	}
	if _, ok := b.Asset("https://a.test/b.css", time.UnixMilli(0)); ok {
		t.Error("found what is not there")
	}
}

// rezip writes entries, given as name and content.
func rezip(t *testing.T, entries ...string) []byte {
	t.Helper()
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	for e := range slices.Chunk(entries, 2) {
		w, err := z.Create(e[0])
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(w, e[1])
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestHostileBundlesAreRefused(t *testing.T) {
	const m, e = "manifest.json", "events.ndjson"
	hash := strings.Repeat("a", 64)
	whole := bundle(t)
	bomb := rezip(t, m, `{"format":1}`, e, "x", "assets/"+hash, strings.Repeat("\x00", 65<<20))
	tests := map[string][]byte{
		"empty":                   nil,
		"not a zip":               []byte("hello"),
		"cut short":               whole[:len(whole)-30],
		"no manifest":             rezip(t, e, ""),
		"no events":               rezip(t, m, `{"format":1}`),
		"twice the manifest":      rezip(t, m, `{"format":1}`, e, "", m, `{"format":1}`),
		"twice an asset":          rezip(t, m, `{"format":1}`, e, "", "assets/"+hash, "", "assets/"+hash, ""),
		"traversal":               rezip(t, m, `{"format":1}`, e, "", "../evil", ""),
		"traversal below":         rezip(t, m, `{"format":1}`, e, "", "assets/../../evil", ""),
		"absolute":                rezip(t, m, `{"format":1}`, e, "", "/etc/passwd", ""),
		"a folder":                rezip(t, m, `{"format":1}`, e, "", "assets/", ""),
		"hash in capitals":        rezip(t, m, `{"format":1}`, e, "", "assets/"+strings.ToUpper(hash), ""),
		"bomb":                    bomb,
		"newer format":            rezip(t, m, `{"format":2}`, e, ""),
		"no format":               rezip(t, m, `{}`, e, ""),
		"manifest is not JSON":    rezip(t, m, `{`, e, ""),
		"asset that is not in it": rezip(t, m, `{"format":1,"assets":[{"sha256":"`+hash+`"}]}`, e, ""),
	}
	for name, file := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := openBundle(file)
			var unusable *session.UnusableError
			if !errors.As(err, &unusable) || unusable.Hint == "" {
				t.Errorf("error %v", err)
			}
		})
	}
}

// A header that says less than its entry holds must not get past the limits.
func TestBundleEntriesThatLie(t *testing.T) {
	file := bundle(t)
	for at := range file {
		// The length in the central directory, 24 bytes into its header.
		if bytes.HasPrefix(file[at:], []byte("PK\x01\x02")) && bytes.HasPrefix(file[at+46:], []byte("events.ndjson")) {
			file[at+24], file[at+25] = 7, 0
		}
	}
	b, err := openBundle(file)
	if err != nil {
		t.Fatal(err)
	}
	r, err := b.Events().Open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	if data, err := io.ReadAll(r); err == nil || len(data) > 7 {
		t.Errorf("read %d bytes, %v", len(data), err)
	}
}

func TestBundleBodiesAreChecked(t *testing.T) {
	hash := strings.Repeat("a", 64)
	b, err := openBundle(rezip(t, "manifest.json", `{"format":1}`, "events.ndjson", "", "assets/"+hash, "other"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Body(hash); err == nil {
		t.Error("a body that was changed is accepted")
	}
	if _, err := b.Body(strings.Repeat("b", 64)); err == nil {
		t.Error("a body that is not there is found")
	}
}

func FuzzOpenBundle(f *testing.F) {
	f.Add(bundle(f))
	f.Fuzz(func(t *testing.T, file []byte) {
		b, err := openBundle(file)
		if err != nil {
			return
		}
		r, err := b.Events().Open()
		if err == nil {
			_, _ = io.Copy(io.Discard, r)
			_ = r.Close()
		}
		for _, a := range b.Manifest.Assets {
			_, _ = b.Body(a.SHA256)
		}
	})
}
