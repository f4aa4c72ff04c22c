package recorder

import (
	"net/http"
	"sync"
)

// maxWorkers bounds how many service workers are known.
const maxWorkers = 1000

// workers are the service workers of the sites. They answer for pages in the
// recorder's place, from what they fetched before.
type workers struct {
	mu    sync.Mutex
	known map[string]bool // by the URL of the script, as the browser knows it
}

func newWorkers() *workers { return &workers{known: map[string]bool{}} }

// script reports whether a request is for the script of a service worker
// (Service Workers, "Service-Worker" header) that was not known.
func (w *workers) script(r *http.Request, public string) bool {
	if r.Header.Get("Service-Worker") != "script" {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.known[public] || len(w.known) >= maxWorkers {
		return false
	}
	w.known[public] = true
	return true
}

// asks reports whether a request is a service worker's own, rather than one
// that it passes on: its referrer is the worker's script. Among these are the
// pages that it keeps, to show them later.
func (w *workers) asks(r *http.Request) bool {
	if r.Method != http.MethodGet || r.Header.Get("Sec-Fetch-Dest") != "empty" {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.known[r.Header.Get("Referer")]
}
