package inject

import (
	"bufio"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// maxWindow is the largest zstd window that a browser accepts (RFC 9659).
const maxWindow = 8 << 20

// codings are the content codings that can be decoded, in the order of
// preference that a browser has.
func codings() []string { return []string{"gzip", "deflate", "br", "zstd"} }

// AcceptEncoding narrows a request's Accept-Encoding to what can be decoded.
func AcceptEncoding(value string) string {
	var out []string
	for item := range strings.SplitSeq(value, ",") {
		item = strings.TrimSpace(item)
		name, _, _ := strings.Cut(item, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		if slices.Contains(codings(), name) || name == "identity" {
			out = append(out, item)
		}
	}
	if len(out) == 0 {
		return "identity"
	}
	return strings.Join(out, ", ")
}

// Decode undoes the content codings of a body, the values of all its
// Content-Encoding headers, while it streams. Nothing is read before the first
// Read. It fails if a coding is unknown.
func Decode(body io.Reader, encodings []string) (io.Reader, error) {
	var names []string
	for _, value := range encodings {
		for name := range strings.SplitSeq(value, ",") {
			name = strings.ToLower(strings.TrimSpace(name))
			name = strings.TrimPrefix(name, "x-")
			if name != "" && name != "identity" {
				names = append(names, name)
			}
		}
	}
	if len(names) > 3 {
		return nil, fmt.Errorf("decode body: %d codings on top of each other", len(names))
	}
	for _, name := range slices.Backward(names) {
		if !slices.Contains(codings(), name) {
			return nil, fmt.Errorf("decode body: unknown coding %q", name)
		}
		body = &decoder{coding: name, src: body}
	}
	return body, nil
}

// decoder decodes one coding. It is opened on the first read, since opening
// some of them reads, and works in the reader's goroutine, so that it can be
// dropped at any point.
type decoder struct {
	coding string
	src    io.Reader
	dec    io.Reader
	err    error
}

func (d *decoder) Read(p []byte) (int, error) {
	if d.err != nil {
		return 0, d.err
	}
	if d.dec == nil {
		if d.dec, d.err = d.open(); d.err != nil {
			return 0, d.err
		}
	}
	n, err := d.dec.Read(p)
	if err != nil {
		if !errors.Is(err, io.EOF) {
			err = fmt.Errorf("decode %s: %w", d.coding, err)
		}
		d.err = err
	}
	return n, err
}

// open makes the decoder. An empty body is empty in every coding.
func (d *decoder) open() (io.Reader, error) {
	src := bufio.NewReader(d.src)
	head, err := src.Peek(1)
	if len(head) == 0 {
		return nil, err
	}
	switch d.coding {
	case "gzip":
		dec, err := gzip.NewReader(src)
		if err != nil {
			return nil, fmt.Errorf("decode gzip: %w", err)
		}
		dec.Multistream(false) // browsers ignore what follows the first member
		return dec, nil
	case "deflate":
		return openDeflate(src)
	case "br":
		return brotli.NewReader(src), nil
	default:
		dec, err := zstd.NewReader(src, zstd.WithDecoderConcurrency(1),
			zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, fmt.Errorf("decode zstd: %w", err)
		}
		return dec, nil
	}
}

// openDeflate tells the zlib format, which the word means, from the bare
// deflate that some servers send.
func openDeflate(src *bufio.Reader) (io.Reader, error) {
	head, err := src.Peek(2)
	if err != nil {
		return nil, fmt.Errorf("decode deflate: %w", err)
	}
	if head[0]&0x0F == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
		dec, err := zlib.NewReader(src)
		if err != nil {
			return nil, fmt.Errorf("decode deflate: %w", err)
		}
		return dec, nil
	}
	return flate.NewReader(src), nil
}
