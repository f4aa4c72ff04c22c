package recorder_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

// Events, early hints and trailers arrive when the site sends them.
func TestStreams(t *testing.T) {
	next := make(chan bool)
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Link", "</a.css>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("Trailer", "X-Sum")
		flush := http.NewResponseController(w)
		for i := range 3 {
			_, _ = fmt.Fprintf(w, "data: %d\n\n", i)
			_ = flush.Flush()
			<-next
		}
		w.Header().Set("X-Sum", "3")
	}), rigOptions{})
	hints := 0
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		Got1xxResponse: func(code int, _ textproto.MIMEHeader) error {
			if code == http.StatusEarlyHints {
				hints++
			}
			return nil
		},
	})
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := r.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	lines := bufio.NewReader(resp.Body)
	for i := range 3 {
		line, err := lines.ReadString('\n')
		if err != nil || line != fmt.Sprintf("data: %d\n", i) {
			t.Fatalf("event %d: %q, %v", i, line, err)
		}
		_, _ = lines.ReadString('\n')
		next <- true
	}
	if _, err := io.ReadAll(lines); err != nil {
		t.Fatal(err)
	}
	if hints != 1 || resp.Trailer.Get("X-Sum") != "3" {
		t.Errorf("hints %d, trailer %v", hints, resp.Trailer)
	}
}

func TestWebSocketsPass(t *testing.T) {
	up := websocket.Upgrader{Subprotocols: []string{"chat"}, CheckOrigin: func(req *http.Request) bool {
		return req.Header.Get("Origin") == "http://"+req.Host
	}}
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		conn, err := up.Upgrade(w, req, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = conn.Close() }()
		kind, message, _ := conn.ReadMessage()
		_ = conn.WriteMessage(kind, append([]byte("echo "), message...))
	}), rigOptions{})
	dialer := websocket.Dialer{Subprotocols: []string{"other", "chat"}}
	conn, resp, err := dialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(r.URL, "http")+"/ws", http.Header{"Origin": {r.URL}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	defer func() { _ = conn.Close() }()
	_ = conn.WriteMessage(websocket.TextMessage, []byte("hello"))
	if _, message, err := conn.ReadMessage(); err != nil || string(message) != "echo hello" || conn.Subprotocol() != "chat" {
		t.Errorf("%q, %v, subprotocol %q", message, err, conn.Subprotocol())
	}
}
