package recorder_test

import (
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-rod/rod/lib/proto"

	"github.com/reelay/reelay/recorder"
)

// TestZoomedOutPages checks that a page that is wider than a phone is recorded as
// wide as it is laid out: a browser that zooms out to show all of it says that the
// window has grown, also for a moment while a page loads.
func TestZoomedOutPages(t *testing.T) {
	r := newRig(t, html(`<!doctype html><meta name="viewport" content="width=device-width"><div style="width:900px;height:50px"></div>`), rigOptions{level: recorder.Open})
	page := openPage(t, browser(t), "about:blank")
	err := proto.EmulationSetDeviceMetricsOverride{Width: 390, Height: 844, DeviceScaleFactor: 1, Mobile: true}.Call(page)
	if err != nil {
		t.Fatal(err)
	}
	if err := page.Navigate(r.URL); err != nil {
		t.Fatal(err)
	}
	id := r.session(t)
	eventually(t, "snapshot", func() bool { return contains(r.items(t, id), `"initialOffset"`) })
	if inner := page.MustEval(`() => innerWidth`).Int(); inner <= 390 {
		t.Fatalf("the browser has not zoomed out: the window is %d px wide", inner)
	}
	page.MustEval(`() => new Promise((done) => { document.body.className = 'looked'; setTimeout(done, 500) })`)
	eventually(t, "change", func() bool { return contains(r.items(t, id), "looked") })
	for _, item := range r.items(t, id) {
		var e struct {
			Type int `json:"type"`
			Data struct {
				Source int `json:"source"`
				Width  int `json:"width"`
				Height int `json:"height"`
			} `json:"data"`
		}
		if err := json.Unmarshal(item.Event, &e); err != nil {
			t.Fatal(err)
		}
		if (e.Type == 4 || e.Data.Source == 4) && (e.Data.Width != 390 || e.Data.Height != 844) {
			t.Errorf("the page is recorded as %dx%d", e.Data.Width, e.Data.Height)
		}
	}
}
