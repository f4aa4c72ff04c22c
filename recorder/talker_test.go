package recorder_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/reelay/reelay/recorder"
)

// talker sends events like the script does: it keeps what is not acknowledged
// and goes on from where the recorder says. Now and then it drops events as if
// its buffer were full.
type talker struct {
	page string
	rng  *rand.Rand

	mu      sync.Mutex
	conn    *websocket.Conn
	made    uint64 // events made so far
	acked   uint64
	dropped map[uint64]bool
}

func newTalker(n int) *talker {
	return &talker{page: fmt.Sprintf("page-%015d", n), rng: rand.New(rand.NewPCG(5, uint64(n))), dropped: map[uint64]bool{}}
}

func (k *talker) reset() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.conn != nil {
		if tcp, ok := k.conn.NetConn().(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = k.conn.Close()
	}
}

func (k *talker) ackedSeq() uint64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.acked
}

func (k *talker) run(ctx context.Context, address func() string) {
	for ctx.Err() == nil {
		addr := address()
		conn, resp, err := websocket.DefaultDialer.DialContext(ctx, "ws://"+addr+recorder.Prefix+"socket",
			http.Header{"Origin": {"http://" + addr}})
		if resp != nil {
			_ = resp.Body.Close()
		}
		if err != nil {
			wait(ctx, 5*time.Millisecond)
			continue
		}
		k.mu.Lock()
		k.conn = conn
		k.mu.Unlock()
		stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
		_ = k.talk(conn)
		stop()
		_ = conn.Close()
	}
}

// talk has one conversation, message by answer, up to its first error.
func (k *talker) talk(conn *websocket.Conn) error {
	message := fmt.Sprintf(`{"t":"hello","level":"standard","session":%q,"tab":%q,"page":%q}`, sessionID, tabID, k.page)
	for {
		if err := conn.WriteMessage(websocket.TextMessage, []byte(message)); err != nil {
			return err
		}
		var a answer
		if err := conn.ReadJSON(&a); err != nil {
			return err
		}
		if a.T == "hold" || a.T == "stop" {
			return errors.New(a.T)
		}
		k.mu.Lock()
		k.acked = max(k.acked, a.Seq)
		message = k.next(a.Seq)
		k.mu.Unlock()
	}
}

// next is the message that follows when the recorder has all before seq.
func (k *talker) next(seq uint64) string {
	if seq >= k.made {
		k.made += 1 + k.rng.Uint64N(20)
		if k.rng.IntN(20) == 0 {
			for i := seq; i < k.made; i++ {
				k.dropped[i] = true
			}
		}
	}
	if k.dropped[seq] {
		n := uint64(0)
		for k.dropped[seq+n] {
			n++
		}
		return fmt.Sprintf(`{"t":"gap","seq":%d,"count":%d,"reason":"overflow"}`, seq, n)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `{"t":"events","seq":%d}`, seq)
	for i := seq; i < k.made && !k.dropped[i]; i++ {
		fmt.Fprintf(&b, "\n"+`{"type":3,"page":%q,"n":%d}`, k.page, i)
	}
	return b.String()
}

func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
