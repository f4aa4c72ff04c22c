package mitm

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
)

// tunnel is a connection that a browser opened with CONNECT.
type tunnel struct {
	net.Conn

	authority string // host:port that it was asked for
}

type authorityKey struct{}

// authorityContext lets a request know the tunnel that it came through.
func authorityContext(ctx context.Context, c net.Conn) context.Context {
	if secure, ok := c.(*tls.Conn); ok {
		c = secure.NetConn()
	}
	if t, ok := c.(*tunnel); ok {
		return context.WithValue(ctx, authorityKey{}, t.authority)
	}
	return ctx
}

// queue is a net.Listener of connections that are there already.
type queue struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newQueue() *queue { return &queue{conns: make(chan net.Conn), done: make(chan struct{})} }

// put gives a connection to the server; false means that it has ended.
func (q *queue) put(c net.Conn) bool {
	select {
	case q.conns <- c:
		return true
	case <-q.done:
		return false
	}
}

func (q *queue) Accept() (net.Conn, error) {
	select {
	case c := <-q.conns:
		return c, nil
	case <-q.done:
		return nil, net.ErrClosed
	}
}

func (q *queue) Close() error {
	q.once.Do(func() { close(q.done) })
	return nil
}

// Addr is only for messages.
func (q *queue) Addr() net.Addr { return &net.TCPAddr{} }
