package recorder_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/sys/unix"

	"github.com/reelay/reelay/recorder"
	"github.com/reelay/reelay/recorder/redact"
	"github.com/reelay/reelay/recorder/wal"
)

// benchRecorder is a recorder in front of site, with its journal on a disk.
func benchRecorder(b *testing.B, site string) *httptest.Server {
	b.Helper()
	log := slog.New(slog.DiscardHandler)
	secrets := redact.NewSecrets()
	redactor := redact.New(redact.Personal, secrets)
	journal, err := recorder.OpenJournal(wal.Folder(b.TempDir()), wal.Options{}, redactor, time.Now, log)
	if err != nil {
		b.Fatal(err)
	}
	archive, err := recorder.OpenArchive(b.TempDir(), redactor, nil, time.Now, log)
	if err != nil {
		b.Fatal(err)
	}
	target, err := url.Parse(site)
	if err != nil {
		b.Fatal(err)
	}
	transport := recorder.NewTransport()
	rec, err := recorder.New(recorder.Options{
		Target: target, Level: recorder.Standard, Journal: journal, Archive: archive,
		Secrets: secrets, Transport: transport, Now: time.Now, Log: log,
	})
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(rec)
	b.Cleanup(func() {
		rec.Close()
		server.Close()
		transport.CloseIdleConnections()
		if err := archive.Close(); err != nil {
			b.Error(err)
		}
		journal.Close()
	})
	return server
}

// heap is the memory in use after a collection, in MiB.
func heap() float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

// processor is the time that this process has had the processor for.
func processor(tb testing.TB) time.Duration {
	tb.Helper()
	var use unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &use); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// BenchmarkIngest sends 30,000 events a second from 500 sockets and reports how
// long an acknowledgement takes, and how much memory is in use when all are
// connected and when all is sent. Both, and the processor's time, include the
// benchmark's own side.
func BenchmarkIngest(b *testing.B) {
	const sockets, perMessage = 500, 20
	server := benchRecorder(b, "http://127.0.0.1:9")
	event := `{"type":3,"data":{"source":1,"positions":[{"x":120,"y":340,"id":57,"timeOffset":-450},{"x":125,"y":338,"id":57,"timeOffset":-400}]},"timestamp":1763931780000}`
	lines := strings.Repeat("\n"+event, perMessage)
	conns := make([]*websocket.Conn, sockets)
	for i := range conns {
		conn, resp, err := websocket.DefaultDialer.DialContext(b.Context(), "ws"+strings.TrimPrefix(server.URL, "http")+recorder.Prefix+"socket",
			http.Header{"Origin": {server.URL}})
		if err != nil {
			b.Fatal(err)
		}
		_ = resp.Body.Close()
		conns[i] = conn
		b.Cleanup(func() { _ = conn.Close() })
	}
	exchange := func(conn *websocket.Conn, message string) time.Duration {
		start := time.Now()
		if err := conn.WriteMessage(websocket.TextMessage, []byte(message)); err != nil {
			b.Error(err)
		}
		if _, _, err := conn.ReadMessage(); err != nil {
			b.Error(err)
		}
		return time.Since(start)
	}
	for i, conn := range conns {
		exchange(conn, fmt.Sprintf(`{"t":"hello","level":"standard","session":"session-%012d","tab":%q,"page":%q}`, i, tabID, pageID))
	}
	// Each socket speaks three times a second: 30,000 events a second in all.
	const pace = time.Second / (30_000 / perMessage)
	var mu sync.Mutex
	var took []time.Duration
	var wg sync.WaitGroup
	turns := make([]sync.Mutex, sockets)
	n := 0
	first, before, start := heap(), processor(b), time.Now()
	for b.Loop() {
		i, seq := n%sockets, n/sockets*perMessage
		// By the clock: a ticker leaves out what comes late.
		time.Sleep(time.Until(start.Add(time.Duration(n) * pace))) //nolint:forbidigo // it is the load.
		n++
		wg.Go(func() {
			turns[i].Lock()
			defer turns[i].Unlock()
			d := exchange(conns[i], fmt.Sprintf(`{"t":"events","seq":%d}`, seq)+lines)
			mu.Lock()
			took = append(took, d)
			mu.Unlock()
		})
	}
	wg.Wait()
	slices.Sort(took)
	b.ReportMetric(float64((processor(b)-before).Microseconds())/float64(len(took)*perMessage), "cpu-µs/event")
	b.ReportMetric(first, "first-MiB")
	b.ReportMetric(heap(), "last-MiB")
	b.ReportMetric(float64(len(took)*perMessage)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}
