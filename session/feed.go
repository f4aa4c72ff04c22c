package session

import (
	"bytes"
	"errors"
	"io"
)

// feed gives a decoder its text, and bounds how far the decoder may run ahead
// of what it has returned: that is how large a single value can get.
type feed struct {
	r     io.Reader
	again [][]byte // to be read before r, the last one first
	read  int64    // bytes read since the decoder was made
	limit int64    // read may not pass it; 0 before the first value
}

func (f *feed) Read(p []byte) (int, error) {
	if f.limit > 0 && f.read >= f.limit {
		return 0, errOversize
	}
	n, err := f.next(p)
	f.read += int64(n)
	return n, err
}

// next reads what was unread, then from r.
func (f *feed) next(p []byte) (int, error) {
	last := len(f.again) - 1
	if last < 0 {
		return f.r.Read(p)
	}
	n := copy(p, f.again[last])
	if f.again[last] = f.again[last][n:]; len(f.again[last]) == 0 {
		f.again = f.again[:last]
	}
	return n, nil
}

// unread puts text back, which the next read returns. It keeps a copy.
func (f *feed) unread(text []byte) {
	if len(text) > 0 {
		f.again = append(f.again, bytes.Clone(text))
	}
}

// skipLine discards up to the next line end, and returns how much that was.
func (f *feed) skipLine() (int64, error) {
	var skipped int64
	chunk := make([]byte, 4<<10)
	for {
		n, err := f.next(chunk)
		if i := bytes.IndexByte(chunk[:n], '\n'); i >= 0 {
			f.unread(chunk[i+1 : n])
			return skipped + int64(i) + 1, nil
		}
		skipped += int64(n)
		switch {
		case errors.Is(err, io.EOF):
			return skipped, nil
		case err != nil && isBroken(err):
			return skipped, nil // met again, and noted, by the next read
		case err != nil:
			return skipped, err
		}
	}
}
