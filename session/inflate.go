package session

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
)

// blanks are what JSON allows between values.
const blanks = " \t\r\n"

// unwrap returns the JSON text that a JSON string holds: as it is, in quotes
// once more, compressed or in base64. It is nil for any other string.
func (w *walker) unwrap(raw jsontext.Value) ([]byte, error) {
	if len(raw) < len(`"{}"`) {
		return nil, nil
	}
	switch raw[1] {
	case '{', '[', '\\', 'x', '(', 'H', 'K', 'e':
	default:
		return nil, nil // most strings
	}
	text := unquote(raw)
	sniffer, packed := sniffText, false
	for range w.lim.layers {
		text = bytes.TrimLeft(text, blanks) // what ends in a blank may be a checksum
		switch c := sniffer(text); c {
		case plain:
			if len(text) == 0 || text[0] != '{' && text[0] != '[' || !packed && !isJSON(text) {
				return nil, nil
			}
			return text, nil
		case quoted:
			if !isJSON(text) {
				return nil, nil
			}
			text, sniffer = unquote(bytes.TrimRight(text, blanks)), sniffText
		default:
			var err error
			if text, err = w.inflate(c, text); err != nil {
				return nil, err
			}
			if text == nil {
				return nil, nil
			}
			sniffer, packed = sniff, true
		}
	}
	return nil, nil
}

// unpack returns the JSON text that a string of compressed bytes holds, else nil.
func (w *walker) unpack(raw jsontext.Value) ([]byte, error) {
	if len(raw) < 4 || raw[1] != '\\' && raw[1] != 'x' && raw[1] != '(' {
		return nil, nil
	}
	text := unquote(raw)
	if sniffText(text) != latin1 {
		return nil, nil
	}
	binary, err := w.inflate(latin1, text)
	if err != nil || binary == nil {
		return nil, err
	}
	out, err := w.inflate(sniff(binary), binary)
	if err != nil || !isJSON(out) {
		return nil, err
	}
	return out, nil
}

// inflate decodes one layer in memory. It is nil for text that only looked
// encoded, and a layerError for compressed data that is damaged.
func (w *walker) inflate(c coding, data []byte) ([]byte, error) {
	switch c {
	case latin1:
		out, used, err := appendLatin1(make([]byte, 0, len(data)), data)
		if err != nil || used < len(data) {
			return nil, nil //nolint:nilerr // it was text
		}
		return out, nil
	case base64ed:
		out := make([]byte, base64.StdEncoding.DecodedLen(len(data)))
		n, err := base64.StdEncoding.Decode(out, data)
		if err != nil {
			return nil, nil //nolint:nilerr // it was text
		}
		return out[:n], nil
	case gzipped, zlibbed, zstandard:
	case plain, quoted:
		return nil, nil
	}
	r, err := w.inflater.open(c, bytes.NewReader(data))
	if err != nil {
		return nil, &layerError{err}
	}
	out, err := io.ReadAll(io.LimitReader(layer(capped(r, w.budget)), w.lim.value+1))
	switch {
	case err != nil:
		return nil, err
	case int64(len(out)) > w.lim.value:
		return nil, errOversize
	}
	return out, nil
}

// inflater keeps the decompressors of small pieces, which are dear to make.
type inflater struct {
	gzip *gzip.Reader
	zlib io.Reader
}

// open reads data by one compression. The reader is good until the next call.
func (f *inflater) open(c coding, data *bytes.Reader) (io.Reader, error) {
	switch c {
	case gzipped:
		if f.gzip == nil {
			f.gzip = new(gzip.Reader)
		}
		return f.gzip, f.gzip.Reset(data)
	case zlibbed:
		if again, ok := f.zlib.(zlib.Resetter); ok {
			return f.zlib, again.Reset(data, nil)
		}
		r, err := zlib.NewReader(data)
		if err != nil {
			return nil, fmt.Errorf("open zlib: %w", err)
		}
		f.zlib = r
		return r, nil
	default:
		return unlayer(c, bufio.NewReader(data))
	}
}

// unquote is the text of a valid JSON string; lone surrogates become U+FFFD.
func unquote(raw []byte) []byte {
	text, _ := jsontext.AppendUnquote(nil, raw) // the only error left is about surrogates
	return text
}

// isJSON reports whether text is one JSON value.
func isJSON(text []byte) bool {
	return jsontext.Value(text).IsValid(lenient()...)
}
