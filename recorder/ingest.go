package recorder

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Times of a connection.
const (
	// pingEvery keeps middleboxes from closing a quiet connection.
	pingEvery = 20 * time.Second
	// silence is how long a connection may be without a message or a pong.
	silence = 60 * time.Second
	// partsWithin bounds how long an event that comes in parts may take.
	partsWithin = 5 * time.Minute
	// writeWithin bounds how long an answer may take.
	writeWithin = 10 * time.Second
)

// ingest receives events, over a WebSocket and, when a page goes away, in one
// last POST.
type ingest struct {
	journal  *Journal
	level    Level
	upgrader websocket.Upgrader
	now      func() time.Time
	log      *slog.Logger

	mu     sync.Mutex
	conns  map[*websocket.Conn]bool
	closed bool
	wg     sync.WaitGroup
}

func newIngest(journal *Journal, level Level, now func() time.Time, log *slog.Logger) *ingest {
	return &ingest{
		journal: journal, level: level, now: now, log: log,
		conns: map[*websocket.Conn]bool{},
		// The default origin check holds: only pages of the recorded host may
		// connect. No compression: a small message must not become a large one.
		upgrader: websocket.Upgrader{ReadBufferSize: 4 << 10, WriteBufferSize: 1 << 10},
	}
}

// close ends all connections, and takes no more.
func (in *ingest) close() {
	in.mu.Lock()
	in.closed = true
	in.mu.Unlock()
	in.disconnect()
	in.wg.Wait()
}

// disconnect ends all connections. Scripts keep what was not acknowledged and
// come back.
func (in *ingest) disconnect() {
	in.mu.Lock()
	defer in.mu.Unlock()
	for conn := range in.conns {
		_ = conn.Close()
	}
}

func (in *ingest) track(conn *websocket.Conn) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed {
		return false
	}
	in.conns[conn] = true
	in.wg.Add(1)
	return true
}

func (in *ingest) release(conn *websocket.Conn) {
	_ = conn.Close()
	in.mu.Lock()
	delete(in.conns, conn)
	in.mu.Unlock()
	in.wg.Done()
}

// socket serves one WebSocket.
func (in *ingest) socket(w http.ResponseWriter, r *http.Request) {
	conn, err := in.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	if !in.track(conn) {
		_ = conn.Close()
		return
	}
	defer in.release(conn)
	// The request's context ends with the handler of a hijacked connection,
	// which is here.
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	conn.SetReadLimit(maxMessage)
	in.wg.Go(func() { in.ping(ctx, conn) })
	if err := in.converse(ctx, conn); err != nil && !errors.Is(err, io.EOF) {
		in.log.Debug("connection of a script ended", slog.Any("error", err))
	}
}

func (in *ingest) ping(ctx context.Context, conn *websocket.Conn) {
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if conn.WriteControl(websocket.PingMessage, nil, in.now().Add(writeWithin)) != nil {
				return
			}
		}
	}
}

// converse answers message by message. Reading the next one only when the last
// is on the disk is the back-pressure: it fills the socket, then the script's
// own buffer.
func (in *ingest) converse(ctx context.Context, conn *websocket.Conn) error {
	stream := stream{journal: in.journal, level: in.level}
	defer stream.drop()
	conn.SetPongHandler(func(string) error {
		if stream.partial() {
			return nil // it is the event that must go on
		}
		return conn.SetReadDeadline(stream.deadline(in.now()))
	})
	gone := false
	for {
		if err := conn.SetReadDeadline(stream.deadline(in.now())); err != nil {
			return err
		}
		_, message, err := conn.ReadMessage()
		if err != nil {
			return err
		}
		f, err := decodeFrame(message)
		if err != nil {
			return errors.Join(err, conn.WriteControl(websocket.CloseMessage,
				websocket.FormatCloseMessage(websocket.CloseUnsupportedData, "not understood"), in.now().Add(writeWithin)))
		}
		answer, err := stream.take(ctx, f)
		if err != nil {
			in.log.Warn("events were not taken", slog.String("session", stream.key.session), slog.Any("error", err))
		}
		if answer.Kind == "" || gone {
			continue
		}
		if err := conn.SetWriteDeadline(in.now().Add(writeWithin)); err != nil {
			return err
		}
		if err := conn.WriteJSON(answer); err != nil {
			// The page is gone. What it has sent until then is here.
			gone = true
			continue
		}
		if answer.Kind == kindHold || answer.Kind == kindStop || answer.Kind == kindOver {
			return err
		}
	}
}

// post serves the last message of a page: a hello, then one frame, in a body
// that navigator.sendBeacon or a keepalive fetch can carry.
func (in *ingest) post(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || !in.upgraderAllows(r) {
		http.Error(w, "reelay: not a recorder's request", http.StatusForbidden)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxMessage))
	if err != nil {
		http.Error(w, "reelay: message is too long", http.StatusRequestEntityTooLarge)
		return
	}
	answer, err := in.takeAll(r.Context(), body)
	if err != nil {
		in.log.Warn("last events of a page were not taken", slog.Any("error", err))
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if answer.Kind == "" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		in.log.Debug("answer was not sent", slog.Any("error", err))
	}
}

// upgraderAllows applies the socket's check of the origin. Browsers send
// Origin with every POST.
func (in *ingest) upgraderAllows(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	return origin == "http://"+r.Host || origin == "https://"+r.Host
}

// takeAll handles the frames of a POST, each of which begins with a line that
// is empty but for the byte 0x1E (record separator, RFC 7464).
func (in *ingest) takeAll(ctx context.Context, body []byte) (answer, error) {
	stream := stream{journal: in.journal, level: in.level}
	defer stream.drop()
	var last answer
	for message := range splitFrames(body) {
		f, err := decodeFrame(message)
		if err != nil {
			return last, err
		}
		a, err := stream.take(ctx, f)
		if err != nil {
			return a, err
		}
		if a.Kind != "" {
			last = a
		}
		if a.Kind == kindReady && f.Kind != kindHello {
			return a, fmt.Errorf("event %d is missing", a.Seq)
		}
	}
	return last, nil
}
