package session

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// coding is one layer around JSON text, told by its first bytes.
type coding int

const (
	plain coding = iota // JSON text, or nothing known
	gzipped
	zlibbed
	zstandard
	latin1   // compressed bytes that were taken for Latin-1 characters
	base64ed // compressed bytes in base64
	quoted   // text in a JSON string
)

// sniff tells the outermost coding. JSON begins with none of these bytes but
// the quote; callers decide whether a string is worth opening.
func sniff(head []byte) coding {
	has := func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }
	switch {
	case has("\x1f\x8b"):
		return gzipped
	case has("\x28\xb5\x2f\xfd"):
		return zstandard
	case has("\x78\x01"), has("\x78\x5e"), has("\x78\x9c"), has("\x78\xda"):
		return zlibbed
	case has("\x1f\u008b"), has("\x28\u00b5\x2f\u00fd"), has("\x78\u009c"), has("\x78\u00da"):
		return latin1
	case has("H4sI"), has("KLUv/"), has("eJ"):
		return base64ed
	case has(`"`):
		return quoted
	default:
		return plain
	}
}

// sniffText is sniff for the content of a string. What is compressed can only
// be so as characters there, and what a person typed may well begin with "x^".
func sniffText(head []byte) coding {
	switch c := sniff(head); c {
	case latin1, base64ed, quoted:
		return c
	case plain, gzipped, zlibbed, zstandard:
	}
	return plain
}

// unlayer reads what is inside one coding; what follows the layer stays in r.
func unlayer(c coding, r *bufio.Reader) (io.ReadCloser, error) {
	switch c {
	case gzipped:
		return fresh(gzip.NewReader(r))
	case zlibbed:
		return fresh(zlib.NewReader(r))
	case zstandard:
		// One goroutine: the caller's. The window bounds the memory.
		d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(64<<20))
		if err != nil {
			return nil, fmt.Errorf("open zstd: %w", err)
		}
		return d.IOReadCloser(), nil
	case latin1:
		return io.NopCloser(&latin1Reader{r: r}), nil
	case base64ed:
		return io.NopCloser(base64.NewDecoder(base64.StdEncoding, r)), nil
	case quoted:
		return io.NopCloser(&quotedReader{r: r}), nil
	case plain:
	}
	return io.NopCloser(r), nil
}

// fresh turns a reader's typed result into the interface, without a typed nil.
func fresh[R io.ReadCloser](r R, err error) (io.ReadCloser, error) {
	if err != nil {
		return nil, err
	}
	return r, nil
}
