package mitm

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"time"
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

// hijack answers a CONNECT and takes over the connection.
func hijack(w http.ResponseWriter) (*bufferedConn, error) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "reelay: CONNECT needs HTTP/1.1", http.StatusHTTPVersionNotSupported)
		return nil, err
	}
	if _, err := io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return &bufferedConn{Conn: conn, r: buffered.Reader}, nil
}

// speaksTLS reports whether a client begins with a TLS handshake record
// (RFC 8446, 5.1).
func speaksTLS(c *bufferedConn) (bool, error) {
	const handshake = 22
	if err := c.SetReadDeadline(time.Now().Add(headerWithin)); err != nil {
		return false, err
	}
	first, err := c.r.Peek(1)
	if err != nil {
		return false, err
	}
	return first[0] == handshake, c.SetReadDeadline(time.Time{})
}

// bufferedConn reads first what the server had read ahead.
type bufferedConn struct {
	net.Conn

	r *bufio.Reader
}

func (c *bufferedConn) Read(p []byte) (int, error) { return c.r.Read(p) }

func (c *bufferedConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return c.Close()
}
