package recorder_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/reelay/reelay/recorder"
	"github.com/reelay/reelay/recorder/wal"
)

const (
	sessionID = "session-000000000001"
	tabID     = "tab-0000000000000001"
	pageID    = "page-000000000000001"
)

type answer struct {
	T   string `json:"t"`
	Seq uint64 `json:"seq"`
}

// caller is the recorder script's side of a connection.
type caller struct {
	*websocket.Conn

	t *testing.T
}

// dial connects; status is the answer's if there is an error.
func dial(t *testing.T, r *rig, origin string) (c *caller, status int, err error) {
	t.Helper()
	conn, resp, err := websocket.DefaultDialer.DialContext(t.Context(),
		"ws"+strings.TrimPrefix(r.URL, "http")+recorder.Prefix+"socket", http.Header{"Origin": {origin}})
	if err != nil {
		if resp != nil {
			_ = resp.Body.Close()
			status = resp.StatusCode
		}
		return nil, status, err
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &caller{conn, t}, 0, nil
}

func (c *caller) say(format string, args ...any) {
	c.t.Helper()
	if err := c.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, format, args...)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *caller) hear() answer {
	c.t.Helper()
	var a answer
	if err := c.ReadJSON(&a); err != nil {
		c.t.Fatalf("no answer: %v", err)
	}
	return a
}

// call connects and says hello.
func call(t *testing.T, r *rig, page string) (*caller, uint64) {
	t.Helper()
	c, _, err := dial(t, r, r.URL)
	if err != nil {
		t.Fatal(err)
	}
	c.say("%s", hello(page))
	a := c.hear()
	if a.T != "ready" {
		t.Fatalf("hello was answered with %+v", a)
	}
	return c, a.Seq
}

func hello(page string) string {
	return fmt.Sprintf(`{"t":"hello","level":"standard","clock":%d,"session":%q,"tab":%q,"page":%q}`, time.Now().Add(-time.Hour).UnixMilli(), sessionID, tabID, page)
}

func events(from, to int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"t":"events","seq":%d}`, from)
	for i := from; i < to; i++ {
		fmt.Fprintf(&b, "\n"+`{"type":3,"data":{"source":1},"timestamp":%d}`, i)
	}
	return b.String()
}

func TestEventsAreAcknowledgedAndStoredOnce(t *testing.T) {
	r := newRig(t, http.NotFoundHandler(), rigOptions{})
	c, next := call(t, r, pageID)
	if next != 0 {
		t.Fatalf("a new page goes on with %d", next)
	}
	steps := []struct {
		say  string
		want answer
	}{
		{events(0, 5), answer{"ack", 5}},
		{events(0, 5), answer{"ack", 5}},
		{events(3, 8), answer{"ack", 8}},
		{events(10, 12), answer{"ready", 8}},
		{`{"t":"gap","seq":8,"count":4,"reason":"overflow"}`, answer{"ack", 12}},
		{`{"t":"gap","seq":6,"count":4}`, answer{"ack", 12}},
		{events(12, 13), answer{"ack", 13}},
	}
	for i, step := range steps {
		c.say("%s", step.say)
		if got := c.hear(); got != step.want {
			t.Fatalf("step %d: %+v, want %+v", i, got, step.want)
		}
	}
	_ = c.Close()
	if _, next := call(t, r, pageID); next != 13 {
		t.Errorf("after reconnecting the page goes on with %d", next)
	}
	items := r.items(t, sessionID)
	if len(items) != 10 || items[8].Lost != 4 || items[8].Reason != "overflow" {
		t.Errorf("%d items: %+v", len(items), items)
	}
	if skew := items[0].Skew.Round(time.Minute); skew != time.Hour {
		t.Errorf("clock skew %v", skew)
	}
}

func TestALongEventComesInParts(t *testing.T) {
	r := newRig(t, http.NotFoundHandler(), rigOptions{})
	c, _ := call(t, r, pageID)
	text := strings.Repeat("snapshot ", 20<<20/9)
	event := fmt.Sprintf(`{"type":2,"data":{"text":%q},"timestamp":1}`, text)
	const piece = 3 << 20
	half := event[:piece]
	c.say(`{"t":"part","seq":0}`+"\n%s", half)
	_ = c.Close() // in the middle of it
	c, next := call(t, r, pageID)
	if next != 0 {
		t.Fatalf("goes on with %d", next)
	}
	for n := 0; n*piece < len(event); n++ {
		end := min((n+1)*piece, len(event))
		c.say(`{"t":"part","seq":0,"piece":%d,"last":%v}`+"\n%s", n, end == len(event), event[n*piece:end])
	}
	if got := c.hear(); got != (answer{"ack", 1}) {
		t.Fatalf("got %+v", got)
	}
	if items := r.items(t, sessionID); len(items) != 1 || string(items[0].Event) != event {
		t.Errorf("%d items", len(items))
	}
}

func TestAnEventThatIsTooLongBecomesAGap(t *testing.T) {
	r := newRig(t, http.NotFoundHandler(), rigOptions{})
	c, _ := call(t, r, pageID)
	piece := strings.Repeat("x", 4<<20-100)
	for n := range 10 {
		c.say(`{"t":"part","seq":0,"piece":%d,"last":%v}`+"\n%s", n, n == 9, piece)
	}
	if got := c.hear(); got != (answer{"ack", 1}) {
		t.Fatalf("got %+v", got)
	}
	if items := r.items(t, sessionID); len(items) != 1 || items[0].Lost != 1 {
		t.Errorf("items %+v", items)
	}
}

func TestPagesOfASessionStayApart(t *testing.T) {
	r := newRig(t, http.NotFoundHandler(), rigOptions{})
	const other = "page-000000000000002"
	a, _ := call(t, r, pageID)
	b, _ := call(t, r, other)
	a.say("%s", events(0, 3))
	a.hear()
	b.say("%s", events(0, 2))
	b.hear()
	b.say(`{"t":"bye","seq":2}`)
	a.say("%s", events(3, 4))
	a.hear()
	if items := r.items(t, sessionID); len(items) != 6 {
		t.Errorf("%d items", len(items))
	}
	eventually(t, "good-bye of one page", func() bool {
		info := r.journal.Sessions()[0]
		return len(info.Pages) == 2 && !info.Left
	})
	a.say(`{"t":"bye","seq":4}`)
	eventually(t, "good-bye of both", func() bool { return r.journal.Sessions()[0].Left })
}

func TestTheLastRequestOfAPage(t *testing.T) {
	r := newRig(t, http.NotFoundHandler(), rigOptions{})
	c, _ := call(t, r, pageID)
	c.say("%s", events(0, 3))
	c.hear()
	post := func(body, origin string) (int, answer) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.URL+recorder.Prefix+"events", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Origin", origin)
		resp, err := r.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		var a answer
		_ = json.NewDecoder(resp.Body).Decode(&a)
		return resp.StatusCode, a
	}
	const separator = "\n\x1e\n"
	if status, a := post(hello(pageID)+separator+events(2, 6)+separator+`{"t":"bye","seq":6}`, r.URL); status != 200 || a != (answer{"ack", 6}) {
		t.Errorf("%d %+v", status, a)
	}
	if status, a := post(hello(pageID)+separator+events(9, 10), r.URL); status != 200 || a != (answer{"ready", 6}) {
		t.Errorf("behind a hole: %d %+v", status, a)
	}
	if status, _ := post(hello(pageID), "https://evil.test"); status != 403 {
		t.Errorf("from another origin: %d", status)
	}
	if status, _ := post("nonsense", r.URL); status != 400 {
		t.Errorf("nonsense: %d", status)
	}
	if items := r.items(t, sessionID); len(items) != 6 {
		t.Errorf("%d items", len(items))
	}
}

func TestForeignPagesMayNotConnect(t *testing.T) {
	r := newRig(t, http.NotFoundHandler(), rigOptions{})
	if _, status, err := dial(t, r, "https://evil.test"); err == nil || status != http.StatusForbidden {
		t.Errorf("error %v", err)
	}
}

func TestNonsenseEndsTheConnection(t *testing.T) {
	for _, message := range []string{"", "{}", "x", `{"t":"ack"}`, `{"t":"hello","session":"../../etc/passwd0","tab":"x","page":"y"}`, `{"t":"events","seq":-1}`, strings.Repeat("x", 5<<20)} {
		r := newRig(t, http.NotFoundHandler(), rigOptions{})
		c, _, err := dial(t, r, r.URL)
		if err != nil {
			t.Fatal(err)
		}
		// A long message meets the end of the connection while it is written.
		if err := c.WriteMessage(websocket.TextMessage, []byte(message)); err != nil {
			continue
		}
		if _, _, err := c.ReadMessage(); err == nil {
			t.Errorf("%.40q was answered", message)
		}
	}
	r := newRig(t, http.NotFoundHandler(), rigOptions{})
	c, _, err := dial(t, r, r.URL)
	if err != nil {
		t.Fatal(err)
	}
	c.say("%s", events(0, 1))
	if got := c.hear(); got.T != "stop" {
		t.Errorf("events without a hello: %+v", got)
	}
}

func TestInvalidEventsDoNotStopTheOthers(t *testing.T) {
	r := newRig(t, http.NotFoundHandler(), rigOptions{})
	c, _ := call(t, r, pageID)
	c.say("%s", `{"t":"events","seq":0}`+"\n"+`{"type":1}`+"\nnot json\n"+`{"type":2}`)
	if got := c.hear(); got != (answer{"ack", 3}) {
		t.Errorf("got %+v", got)
	}
	if items := r.items(t, sessionID); len(items) != 3 || !contains(items, "reelay.invalid") || contains(items, "not json") {
		t.Errorf("items %+v", items)
	}
}

func TestSecretsDoNotReachTheJournal(t *testing.T) {
	dir := wal.Folder(t.TempDir())
	r := newRig(t, reply(200, "<head></head>", "Content-Type: text/html", "Set-Cookie: sid=s3cr3t-from-the-site"), rigOptions{dir: dir})
	get(t, r, "/", "Authorization: Basic YWxpY2U6aHVudGVyMg==", "Cookie: seen=s3cr3t-of-the-browser")
	c, _ := call(t, r, pageID)
	secrets := []string{"s3cr3t-from-the-site", "s3cr3t-of-the-browser", "YWxpY2U6aHVudGVyMg", "alice@example.com", "4111 1111 1111 1111"}
	c.say("%s", `{"t":"events","seq":0}`+"\n"+fmt.Sprintf(`{"type":6,"data":{"payload":[%q]}}`, strings.Join(secrets, " and ")))
	c.hear()
	r.journal.Close()
	names, err := dir.Names()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		f, err := dir.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		data := make([]byte, f.Size())
		_, _ = f.ReadAt(data, 0)
		_ = f.Close()
		for _, secret := range secrets {
			if strings.Contains(string(data)+r.logs.String(), secret) {
				t.Errorf("%q is in %s or in the log", secret, name)
			}
		}
	}
}

// TestWhatAPageSentBeforeItLeft checks that events are stored that have come, but
// had to wait for the disk, when their page goes away and hears no answer.
func TestWhatAPageSentBeforeItLeft(t *testing.T) {
	disk := make(chan struct{})
	var busy atomic.Bool
	r := newRig(t, http.NotFoundHandler(), rigOptions{wal: wal.Options{Admit: func(int64) error {
		if busy.Load() {
			<-disk
		}
		return nil
	}}})
	c, _ := call(t, r, pageID)
	busy.Store(true)
	for i := range 8 { // as many as TCP sends at once
		c.say("%s", events(25*i, 25*i+25))
	}
	_ = c.Close()
	close(disk)
	eventually(t, "200 events", func() bool { return len(r.items(t, sessionID)) == 200 })
}

func TestAFullDiskHoldsTheScript(t *testing.T) {
	full := false
	r := newRig(t, http.NotFoundHandler(), rigOptions{wal: wal.Options{Admit: func(int64) error {
		if full {
			return fmt.Errorf("no room")
		}
		return nil
	}}})
	c, _ := call(t, r, pageID)
	full = true
	c.say("%s", events(0, 2))
	if got := c.hear(); got.T != "hold" {
		t.Fatalf("got %+v", got)
	}
	if _, _, err := c.ReadMessage(); err == nil {
		t.Error("the connection goes on")
	}
	full = false
	c, next := call(t, r, pageID)
	c.say("%s", events(int(next), 2))
	if got := c.hear(); next != 0 || got != (answer{"ack", 2}) {
		t.Errorf("went on with %d: %+v", next, got)
	}
}

func TestAFinishedSessionTakesNoMore(t *testing.T) {
	dir := wal.Folder(t.TempDir())
	r := newRig(t, http.NotFoundHandler(), rigOptions{dir: dir, wal: wal.Options{SegmentSize: 1}})
	c, _ := call(t, r, pageID)
	c.say("%s", events(0, 2))
	c.hear()
	if err := r.journal.Finish(t.Context(), sessionID); err != nil {
		t.Fatal(err)
	}
	c.say("%s", events(2, 3))
	if got := c.hear(); got.T != "over" {
		t.Errorf("got %+v", got)
	}
	if len(r.journal.Sessions()) != 0 {
		t.Errorf("sessions %+v", r.journal.Sessions())
	}
	names, err := dir.Names()
	if err != nil || len(names) != 1 {
		t.Errorf("segments %q, %v", names, err)
	}
}
