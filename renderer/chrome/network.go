package chrome

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// Asset is an archived response body.
type Asset struct {
	ContentType string
	Body        []byte
}

// Assets finds what a session archived for a URL, as it was at a time. It may be
// called from several goroutines.
type Assets func(url string, at time.Time) (Asset, bool)

// interceptor answers every request of a page from the session's assets; none
// reaches a network.
type interceptor struct {
	browser *Browser
	assets  Assets

	mu    sync.Mutex
	at    time.Time // what the page shows
	asked []string  // since the last mark
}

// closeNetwork puts an interceptor before the page's network, and keeps every
// other target (worker, frame of another process) from ever starting.
//
//nolint:contextcheck // the interceptor lives as long as the browser, not as the call.
func (b *Browser) closeNetwork(ctx context.Context, assets Assets) (*interceptor, error) {
	n := &interceptor{browser: b, assets: assets}
	yes := true
	if _, err := cdp.Call(ctx, b.target, target.SetAutoAttach, target.SetAutoAttachParams{AutoAttach: true, WaitForDebuggerOnStart: true, Flatten: &yes}); err != nil {
		return nil, fmt.Errorf("hold other targets: %w", err)
	}
	requests := chromedp.Events(b.ctx, fetch.RequestPaused)
	if _, err := cdp.Call(ctx, b.target, fetch.Enable, fetch.EnableParams{Patterns: []*fetch.RequestPattern{{URLPattern: "*"}}}); err != nil {
		return nil, fmt.Errorf("intercept requests: %w", err)
	}
	go func() {
		for request, err := range requests {
			if err != nil {
				return // the browser is gone
			}
			if err := n.answer(b.ctx, &request); err != nil {
				b.opts.Log.Debug("request not answered", "url", request.Request.URL, "error", err)
			}
		}
	}()
	return n, nil
}

// answer fulfils the request with the stage's document or an asset, and says
// 404 else. Navigations of the replayed document are aborted: it stays.
func (n *interceptor) answer(ctx context.Context, request *fetch.EventRequestPaused) error {
	url := request.Request.URL
	if url == stageURL {
		return n.fulfil(ctx, request, 200, Asset{ContentType: "text/html; charset=utf-8", Body: []byte(stageHTML)})
	}
	if request.ResourceType == network.ResourceTypeDocument {
		_, err := cdp.Call(ctx, n.browser.target, fetch.FailRequest, fetch.FailRequestParams{
			RequestID: request.RequestID, ErrorReason: network.ErrorReasonAborted,
		})
		return err
	}
	n.mu.Lock()
	n.asked = append(n.asked, url)
	at := n.at
	n.mu.Unlock()
	if n.assets != nil {
		if asset, ok := n.assets(url, at); ok {
			return n.fulfil(ctx, request, 200, asset)
		}
	}
	return n.fulfil(ctx, request, 404, Asset{ContentType: "text/plain"})
}

func (n *interceptor) fulfil(ctx context.Context, request *fetch.EventRequestPaused, status int64, asset Asset) error {
	headers := []*fetch.HeaderEntry{{Name: "Content-Type", Value: asset.ContentType}}
	if !strings.HasPrefix(request.Request.URL, stageURL) {
		// Fonts and style sheets of other origins need the page's consent.
		headers = append(headers, &fetch.HeaderEntry{Name: "Access-Control-Allow-Origin", Value: "*"},
			&fetch.HeaderEntry{Name: "Timing-Allow-Origin", Value: "*"})
	}
	_, err := cdp.Call(ctx, n.browser.target, fetch.FulfillRequest, fetch.FulfillRequestParams{
		RequestID: request.RequestID, ResponseCode: status, ResponseHeaders: headers, Body: asset.Body,
	})
	return err
}

// mark forgets the requests so far; those to come are of the time at.
func (n *interceptor) mark(at time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked, n.at = n.asked[:0], at
}

// sinceMark returns the addresses asked for since the last mark.
func (n *interceptor) sinceMark() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string(nil), n.asked...)
}
