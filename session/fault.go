package session

import (
	"context"
	"errors"
	"io"
)

var (
	errDecoded  = errors.New("the recording inflates without end")
	errOversize = errors.New("one value is too large")

	// errDamaged ends a part whose rest can't be read; it has been noted.
	errDamaged = errors.New("part is damaged")
)

// sourceError is a failure to get a part's bytes, which is no fault of the recording.
type sourceError struct{ err error }

func (e *sourceError) Error() string { return e.err.Error() }
func (e *sourceError) Unwrap() error { return e.err }

// layerError is compressed or encoded data that does not decode: cut off or damaged.
type layerError struct{ err error }

func (e *layerError) Error() string { return e.err.Error() }
func (e *layerError) Unwrap() error { return e.err }

// readFunc makes a reader of a function.
type readFunc func(p []byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }

// source reads a part as it is, until ctx ends.
func source(ctx context.Context, r io.Reader) io.Reader {
	return readFunc(func(p []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, &sourceError{err}
		}
		n, err := r.Read(p)
		if err != nil && err != io.EOF {
			err = &sourceError{err}
		}
		return n, err
	})
}

// layer reads decoded data: its own errors are faults of the data, those of
// the layers below pass as they are.
func layer(r io.Reader) io.Reader {
	return readFunc(func(p []byte) (int, error) {
		n, err := r.Read(p)
		if err != nil && err != io.EOF && !isFatal(err) {
			err = &layerError{err}
		}
		return n, err
	})
}

// capped takes what is read off budget and fails when it is used up.
func capped(r io.Reader, budget *int64) io.Reader {
	return readFunc(func(p []byte) (int, error) {
		n, err := r.Read(p)
		if *budget -= int64(n); *budget < 0 {
			return 0, errDecoded
		}
		return n, err
	})
}

// isDamaged tells compressed data that does not decode from other failures.
func isDamaged(err error) bool {
	_, damaged := errors.AsType[*layerError](err)
	return damaged
}

// isFatal tells errors that end the whole read from those of damaged data.
func isFatal(err error) bool {
	if errors.Is(err, errDecoded) || errors.Is(err, errOversize) {
		return true
	}
	_, fromSource := errors.AsType[*sourceError](err)
	_, unusable := errors.AsType[*UnusableError](err)
	return fromSource || unusable
}
