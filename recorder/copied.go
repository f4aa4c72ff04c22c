package recorder

import (
	"errors"
	"io"
)

// copied is a body that is copied while it is read. A copy that fails ends the
// copying, never the reading.
type copied struct {
	io.ReadCloser

	copy   io.Writer
	length int64 // as announced; negative if it was not
	read   int64
	failed bool
	done   func(complete bool) // called once; nil afterwards
}

func (c *copied) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if n > 0 && !c.failed && c.done != nil {
		c.read += int64(n)
		if c.read > maxAsset {
			c.failed = true
		} else if _, err := c.copy.Write(p[:n]); err != nil {
			c.failed = true
		}
		if c.failed {
			c.end(false) // the reading may go on for ever
		}
	}
	if err != nil {
		c.end(errors.Is(err, io.EOF))
	}
	return n, err
}

// Close ends the copy too. A reader that knows the length may not read as far
// as the end.
func (c *copied) Close() error {
	c.end(c.length >= 0 && c.read == c.length)
	return c.ReadCloser.Close()
}

func (c *copied) end(complete bool) {
	if c.done != nil {
		c.done(complete && !c.failed)
		c.done = nil
	}
}
