package recorder

import (
	"net/http/httputil"
	"sync"
)

// bufferSize is what httputil.ReverseProxy allocates for each body without a
// pool.
const bufferSize = 32 << 10

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
