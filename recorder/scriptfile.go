package recorder

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
)

// scriptFile serves the recorder script. Its path holds its hash, so that
// browsers may keep it.
type scriptFile struct {
	path      string
	integrity string // for the policies that ask for one
	plain     []byte
	gzip      []byte
}

func newScriptFile(plain []byte) scriptFile {
	sum := sha256.Sum256(plain)
	var packed bytes.Buffer
	// The level is valid and writing to memory does not fail.
	w, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	_, _ = w.Write(plain)
	_ = w.Close()
	return scriptFile{
		path:      Prefix + hex.EncodeToString(sum[:8]) + ".js",
		integrity: "sha256-" + base64.StdEncoding.EncodeToString(sum[:]),
		plain:     plain,
		gzip:      packed.Bytes(),
	}
}

func (f scriptFile) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Vary", "Accept-Encoding")
	body := f.plain
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = f.gzip
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}
