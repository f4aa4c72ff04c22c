package recorder_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/reelay/reelay/recorder"
)

func FuzzStream(f *testing.F) {
	f.Add(hello(pageID) + "\n\x1e\n" + events(0, 2))
	f.Add(hello(pageID) + "\n\x1e\n" + `{"t":"part","seq":0,"last":true}` + "\n{}")
	f.Add(hello(pageID) + "\n\x1e\n" + `{"t":"gap","seq":0,"count":9007199254740991}` + "\n\x1e\n" + `{"t":"bye"}`)
	f.Fuzz(func(t *testing.T, body string) {
		r := newRig(t, http.NotFoundHandler(), rigOptions{})
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.URL+recorder.Prefix+"events", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Origin", r.URL)
		resp, err := r.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		for _, s := range r.journal.Sessions() {
			r.items(t, s.ID)
		}
	})
}

// A message of nothing but line breaks costs a line in the log; one of millions
// is not taken.
func TestLinesOfAMessageAreBounded(t *testing.T) {
	r := newRig(t, http.NotFoundHandler(), rigOptions{})
	c, _ := call(t, r, pageID)
	c.say("%s", `{"t":"events","seq":0}`+"\n"+strings.Repeat("\n", 5000))
	if got := c.hear(); got != (answer{"ack", 5000}) {
		t.Fatalf("got %+v", got)
	}
	if n := strings.Count(r.logs.String(), "not valid"); n != 1 {
		t.Errorf("%d log lines", n)
	}
	c.say("%s", `{"t":"events","seq":5000}`+"\n"+strings.Repeat("\n", 4<<20-100))
	if err := c.ReadJSON(new(answer)); !websocket.IsCloseError(err, websocket.CloseUnsupportedData) {
		t.Errorf("got %v", err)
	}
	if n := len(r.items(t, sessionID)); n != 5000 {
		t.Errorf("%d events", n)
	}
}

// Masks can be longer than what they stand for. An event that has got too long
// for the journal by them would be sent again and again.
func TestEventsThatGrowTooLongAreGaps(t *testing.T) {
	r := newRig(t, http.NotFoundHandler(), rigOptions{})
	c, _ := call(t, r, pageID)
	const pieces = 8
	mails := strings.Repeat("a@b.de ", 31<<20/pieces/7)
	for n := range pieces {
		text := mails
		switch n {
		case 0:
			text = `{"text":"` + text
		case pieces - 1:
			text += `"}`
		}
		c.say(`{"t":"part","seq":0,"piece":%d,"last":%v}`+"\n%s", n, n == pieces-1, text)
	}
	if got := c.hear(); got != (answer{"ack", 1}) {
		t.Fatalf("got %+v", got)
	}
	if items := r.items(t, sessionID); len(items) != 1 || items[0].Lost != 1 || !strings.Contains(items[0].Reason, "too long") {
		t.Errorf("%d items", len(items))
	}
}

// Who begins an event and does not go on with it takes the room of others, so
// that a sign of life is not enough.
func TestUnfinishedEventsHaveADeadline(t *testing.T) {
	var behind atomic.Int64
	r := newRig(t, http.NotFoundHandler(), rigOptions{now: func() time.Time { return time.Now().Add(-time.Duration(behind.Load())) }})
	ended := func(say string) bool {
		c, _, err := dial(t, r, r.URL)
		if err != nil {
			t.Fatal(err)
		}
		c.say("%s", hello(pageID))
		c.hear()
		behind.Store(int64(time.Minute - 300*time.Millisecond)) // silence ends in 300 ms
		defer behind.Store(0)
		if say != "" {
			c.say("%s", say)
		}
		closed := make(chan struct{})
		go func() {
			defer close(closed)
			for c.ReadJSON(new(answer)) == nil {
			}
		}()
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for range 20 {
			select {
			case <-closed:
				return true
			case <-tick.C:
				_ = c.WriteControl(websocket.PongMessage, nil, time.Now().Add(time.Second))
			}
		}
		_ = c.Close()
		<-closed
		return false
	}
	if !ended(`{"t":"part","seq":0}` + "\n{") {
		t.Error("an event that does not go on is waited for")
	}
	if ended("") {
		t.Error("a page that is quiet is cut off")
	}
}

// A tab that was opened before the recorder got stricter, or by a script that
// does not say how strict it is, still sends what must not be kept.
func TestLaxerPagesAreStopped(t *testing.T) {
	for _, tt := range []struct {
		recorder recorder.Level
		page     string
		want     string
	}{
		{recorder.Strict, "open", "stop"},
		{recorder.Strict, "standard", "stop"},
		{recorder.Standard, "", "stop"},
		{recorder.Standard, "strict", "ready"},
		{recorder.Open, "", "ready"},
	} {
		r := newRig(t, http.NotFoundHandler(), rigOptions{level: tt.recorder})
		c, _, err := dial(t, r, r.URL)
		if err != nil {
			t.Fatal(err)
		}
		c.say("%s", strings.Replace(hello(pageID), "standard", tt.page, 1))
		if got := c.hear(); got.T != tt.want {
			t.Errorf("a page at %q by a recorder at %s: %+v", tt.page, tt.recorder, got)
		}
	}
}
