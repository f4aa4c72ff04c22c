package recorder

import (
	"net/http/httputil"
	"sync"
)

// bufferSize is how much of a body is passed on at a time, in bytes: twice of
// what httputil.ReverseProxy takes, for half the writes.
const bufferSize = 64 << 10

type buffers struct{ pool sync.Pool }

func newBuffers() httputil.BufferPool {
	return &buffers{pool: sync.Pool{New: func() any { return new([bufferSize]byte) }}}
}

func (b *buffers) Get() []byte {
	if buf, ok := b.pool.Get().(*[bufferSize]byte); ok {
		return buf[:]
	}
	return make([]byte, bufferSize)
}

func (b *buffers) Put(buf []byte) {
	if len(buf) == bufferSize {
		b.pool.Put((*[bufferSize]byte)(buf))
	}
}
