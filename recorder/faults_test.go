package recorder_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/reelay/reelay/recorder"
	"github.com/reelay/reelay/recorder/redact"
	"github.com/reelay/reelay/recorder/wal"
)

// childDir is the environment variable that makes the test program a recorder
// with its journal in that folder.
const childDir = "REELAY_TEST_CHILD"

// serveChild is a recorder that can be killed. It prints its address. While
// the file "full" is in its folder it has no room.
func serveChild(dir string) {
	fail := func(err error) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	log := slog.New(slog.DiscardHandler)
	secrets := redact.NewSecrets()
	admit := func(int64) error {
		if _, err := os.Stat(filepath.Join(dir, "full")); err == nil {
			return errors.New("disk is full")
		}
		return nil
	}
	journal, err := recorder.OpenJournal(wal.Folder(dir), wal.Options{SegmentSize: 256 << 10, Admit: admit}, redact.New(redact.Personal, secrets), time.Now, log)
	if err != nil {
		fail(err)
	}
	rec, err := recorder.New(recorder.Options{
		Target: &url.URL{Scheme: "http", Host: "127.0.0.1:9"}, Level: recorder.Standard, Journal: journal,
		Secrets: secrets, Transport: recorder.NewTransport(), Now: time.Now, Log: log,
	})
	if err != nil {
		fail(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fail(err)
	}
	fmt.Fprintln(os.Stdout, listener.Addr())
	server := &http.Server{Handler: rec, ReadHeaderTimeout: time.Minute}
	fail(server.Serve(listener))
}

// victim is a recorder in a process of its own.
type victim struct {
	t   *testing.T
	dir string

	mu   sync.Mutex
	addr string
	cmd  *exec.Cmd
}

func (v *victim) start() {
	v.t.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(v.t.Context()), os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+v.dir)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		v.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		v.t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		v.t.Fatalf("recorder did not start: %v", err)
	}
	v.mu.Lock()
	v.addr, v.cmd = strings.TrimSpace(line), cmd
	v.mu.Unlock()
}

func (v *victim) address() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.addr
}

func (v *victim) signal(s syscall.Signal) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if err := v.cmd.Process.Signal(s); err != nil {
		v.t.Error(err)
	}
}

func (v *victim) kill() {
	v.signal(syscall.SIGKILL)
	v.mu.Lock()
	defer v.mu.Unlock()
	_ = v.cmd.Wait() // it was killed
}

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

func (k *talker) run(ctx context.Context, v *victim) {
	for ctx.Err() == nil {
		conn, resp, err := websocket.DefaultDialer.DialContext(ctx, "ws://"+v.address()+recorder.Prefix+"socket",
			http.Header{"Origin": {"http://" + v.address()}})
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
	message := fmt.Sprintf(`{"t":"hello","session":%q,"tab":%q,"page":%q}`, sessionID, tabID, k.page)
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

// The promise: no acknowledged event is ever lost, each is stored once and in
// order, and every loss is visible.
func TestAccountingUnderFaults(t *testing.T) {
	cycles := 30
	if n, err := strconv.Atoi(os.Getenv("REELAY_FAULT_CYCLES")); err == nil {
		cycles = n
	}
	rng := rand.New(rand.NewPCG(3, 4))
	v := &victim{t: t, dir: t.TempDir()}
	v.start()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var talkers []*talker
	var wg sync.WaitGroup
	for i := range 8 {
		k := &talker{page: fmt.Sprintf("page-%015d", i), rng: rand.New(rand.NewPCG(5, uint64(i))), dropped: map[uint64]bool{}}
		talkers = append(talkers, k)
		wg.Go(func() { k.run(ctx, v) })
	}
	faults := map[string]int{}
	for range cycles {
		wait(ctx, time.Duration(20+rng.IntN(80))*time.Millisecond)
		switch rng.IntN(4) {
		case 0:
			faults["kill -9"]++
			v.kill()
			v.start()
		case 1:
			faults["SIGSTOP"]++
			v.signal(syscall.SIGSTOP)
			wait(ctx, 30*time.Millisecond)
			v.signal(syscall.SIGCONT)
		case 2:
			faults["reset"]++
			for _, k := range talkers {
				k.reset()
			}
		case 3:
			faults["full disk"]++
			full := filepath.Join(v.dir, "full")
			if err := os.WriteFile(full, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			wait(ctx, 20*time.Millisecond)
			if err := os.Remove(full); err != nil {
				t.Fatal(err)
			}
		}
	}
	v.kill()
	cancel()
	wg.Wait()
	account(t, v.dir, talkers, faults)
}

// account compares what is stored with what was acknowledged.
func account(t *testing.T, dir string, talkers []*talker, faults map[string]int) {
	t.Helper()
	journal, err := recorder.OpenJournal(wal.Folder(dir), wal.Options{}, redact.New(redact.Personal, nil), time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer journal.Close()
	stored, lost := map[string]uint64{}, map[string]map[uint64]bool{}
	duplicates := 0
	seen := map[string]bool{}
	for item, err := range journal.Items(sessionID) {
		if err != nil {
			t.Fatal(err)
		}
		if item.Seq != stored[item.Page] {
			t.Fatalf("page %s: event %d follows %d", item.Page, item.Seq, stored[item.Page])
		}
		if lost[item.Page] == nil {
			lost[item.Page] = map[uint64]bool{}
		}
		for i := range item.Lost {
			lost[item.Page][item.Seq+i] = true
		}
		stored[item.Page] += max(item.Lost, 1)
		if item.Lost == 0 {
			want := fmt.Sprintf(`{"type":3,"page":%q,"n":%d}`, item.Page, item.Seq)
			if string(item.Event) != want {
				t.Fatalf("event %d of page %s is %s", item.Seq, item.Page, item.Event)
			}
			if seen[want] {
				duplicates++
			}
			seen[want] = true
		}
	}
	var acked, made, gaps uint64
	for _, k := range talkers {
		acked += k.ackedSeq()
		made += k.made
		gaps += uint64(len(lost[k.page]))
		if stored[k.page] < k.ackedSeq() {
			t.Errorf("page %s: %d acknowledged, %d stored", k.page, k.ackedSeq(), stored[k.page])
		}
		for i := range stored[k.page] {
			if k.dropped[i] != lost[k.page][i] {
				t.Errorf("page %s: event %d dropped: %v, in a gap: %v", k.page, i, k.dropped[i], lost[k.page][i])
			}
		}
	}
	t.Logf("faults %v: made %d, acknowledged %d, stored %d, duplicates %d, in gaps %d", faults, made, acked, uint64(len(seen))+gaps, duplicates, gaps)
	if acked == 0 || duplicates > 0 {
		t.Errorf("acknowledged %d, duplicates %d", acked, duplicates)
	}
}
