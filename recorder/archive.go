package recorder

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/reelay/reelay/recorder/inject"
	"github.com/reelay/reelay/recorder/redact"
)

// maxAsset is the size of the largest asset that is kept, in bytes, decoded.
const maxAsset = 64 << 20

// Archived is one answer to a request for an asset.
type Archived struct {
	URL    string `json:"url"`            // as the browser knows it, redacted
	From   string `json:"from,omitempty"` // where the body came from, if URL was redirected
	Hash   string `json:"sha256"`         // of the decoded body, in hex
	Type   string `json:"type"`           // its Content-Type
	Status int    `json:"status"`
	Size   int64  `json:"size"` // bytes, decoded
	At     int64  `json:"at"`   // milliseconds since 1970
}

// base is what the references in the body are relative to.
func (e Archived) base() string {
	if e.From != "" {
		return e.From
	}
	return e.URL
}

// Archive keeps the bytes of stylesheets, fonts, images and media as they were
// served, each once, named by their hash, and a list of what was answered to
// which URL when.
type Archive struct {
	dir      string
	redactor *redact.Redactor
	now      func() time.Time
	log      *slog.Logger
	admit    func(int64) error

	mu    sync.Mutex
	list  *os.File
	known map[string]Archived // the latest for each URL
	tags  map[string]string   // the validators that it came with
	from  map[string][]string // the URLs that redirect to one
	// coming counts the copies for each URL that are being made; settled is
	// signalled when one is done.
	coming  map[string]int
	settled *sync.Cond
	wg      sync.WaitGroup
	slots   chan struct{} // how many bodies are decoded at a time
}

// OpenArchive opens the archive in dir, making it if need be. admit may be nil;
// its error keeps an asset of that many bytes from being stored.
func OpenArchive(dir string, redactor *redact.Redactor, admit func(int64) error, now func() time.Time, log *slog.Logger) (*Archive, error) {
	a := &Archive{
		dir: dir, redactor: redactor, admit: admit, now: now, log: log,
		known: map[string]Archived{}, tags: map[string]string{}, from: map[string][]string{},
		coming: map[string]int{}, slots: make(chan struct{}, 2),
	}
	a.settled = sync.NewCond(&a.mu)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	leftovers, err := filepath.Glob(filepath.Join(dir, "incoming-*"))
	if err != nil {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	for _, name := range leftovers {
		if err := os.Remove(name); err != nil {
			return nil, fmt.Errorf("open archive: %w", err)
		}
	}
	if err := a.each(func(e Archived) { a.known[e.URL] = e }); err != nil {
		return nil, err
	}
	a.list, err = os.OpenFile(a.listName(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	return a, nil
}

// Close waits for the assets that have come in whole and closes the list.
func (a *Archive) Close() error {
	a.wg.Wait()
	if err := a.list.Close(); err != nil {
		return fmt.Errorf("close archive: %w", err)
	}
	return nil
}

func (a *Archive) listName() string { return filepath.Join(a.dir, "list.ndjson") }

// Open returns the body of an asset.
func (a *Archive) Open(hash string) (io.ReadCloser, error) {
	f, err := os.Open(a.blob(hash))
	if err != nil {
		return nil, fmt.Errorf("open asset: %w", err)
	}
	return f, nil
}

func (a *Archive) blob(hash string) string { return filepath.Join(a.dir, hash[:2], hash) }

// List returns all answers, the oldest first.
func (a *Archive) List() ([]Archived, error) {
	var out []Archived
	err := a.each(func(e Archived) { out = append(out, e) })
	return out, err
}

// each reads the list. A last line that was cut short by a crash is skipped,
// and so is an answer whose body did not reach the disk.
func (a *Archive) each(do func(Archived)) error {
	f, err := os.Open(a.listName())
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read archive: %w", err)
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e Archived
		if json.Unmarshal(lines.Bytes(), &e) != nil || len(e.Hash) != 2*sha256.Size {
			continue
		}
		if info, err := os.Stat(a.blob(e.Hash)); err == nil && info.Size() == e.Size {
			do(e)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read archive: %w", err)
	}
	return nil
}

// has reports whether there is an answer for a URL.
func (a *Archive) has(url string) bool {
	url = a.redactor.String(url)
	a.mu.Lock()
	defer a.mu.Unlock()
	_, ok := a.known[url]
	return ok
}

// sheet returns the style sheet that was served for a URL last, and where it
// came from.
func (a *Archive) sheet(url string) (base string, text []byte, ok bool) {
	url = a.redactor.String(url)
	a.mu.Lock()
	e, known := a.known[url]
	a.mu.Unlock()
	if !known || !isStyle(e.Type) {
		return "", nil, false
	}
	text, err := os.ReadFile(a.blob(e.Hash))
	return e.base(), text, err == nil
}

// copy makes a copy of a response's body as it passes by, and stores it once
// it is complete. One that has the validators of the copy that was made last is
// that copy.
func (a *Archive) copy(resp *http.Response, url string) {
	if resp.ContentLength > maxAsset {
		a.log.Info("asset is too large to keep", slog.Int64("bytes", resp.ContentLength))
		return
	}
	e := Archived{
		URL: a.redactor.String(url), Type: resp.Header.Get("Content-Type"),
		Status: http.StatusOK, At: a.now().UnixMilli(),
	}
	tag := validators(resp)
	a.mu.Lock()
	same := tag != "" && a.tags[e.URL] == tag
	if !same {
		a.coming[e.URL]++
	}
	a.mu.Unlock()
	if same {
		return
	}
	incoming := &incoming{dir: a.dir}
	a.wg.Add(1)
	resp.Body = &copied{
		ReadCloser: resp.Body, copy: incoming, length: resp.ContentLength,
		done: func(complete bool) {
			go a.finish(incoming, e, tag, resp.Header.Values("Content-Encoding"), complete)
		},
	}
}

// validators are what tells two answers for a URL apart; empty if nothing does.
func validators(resp *http.Response) string {
	etag, modified := resp.Header.Get("ETag"), resp.Header.Get("Last-Modified")
	if etag == "" && modified == "" {
		return ""
	}
	return strings.Join([]string{
		etag, modified, strconv.FormatInt(resp.ContentLength, 10), resp.Header.Get("Content-Encoding"), resp.Header.Get("Content-Type"),
	}, "\n")
}

// finish stores a copy that is complete and drops one that is not.
func (a *Archive) finish(in *incoming, e Archived, tag string, encodings []string, complete bool) {
	defer a.wg.Done()
	defer a.settle(e.URL)
	defer in.drop()
	a.slots <- struct{}{}
	defer func() { <-a.slots }()
	if !complete {
		return
	}
	if err := a.store(in, e, encodings); err != nil {
		a.log.Warn("asset is not kept", slog.Any("error", err))
		return
	}
	if tag != "" {
		a.mu.Lock()
		a.tags[e.URL] = tag
		a.mu.Unlock()
	}
}

func (a *Archive) settle(url string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.coming[url]--; a.coming[url] <= 0 {
		delete(a.coming, url)
	}
	a.settled.Broadcast()
}

// wait returns when there is an answer for a URL, when no copy for it is being
// made, or when ctx ends: a stream, as of a camera, comes for as long as somebody
// watches it.
func (a *Archive) wait(ctx context.Context, url string) {
	url = a.redactor.String(url)
	stop := context.AfterFunc(ctx, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.settled.Broadcast()
	})
	defer stop()
	a.mu.Lock()
	defer a.mu.Unlock()
	for a.coming[url] > 0 && a.known[url].Hash == "" && ctx.Err() == nil {
		a.settled.Wait()
	}
}

func (a *Archive) store(in *incoming, e Archived, encodings []string) error {
	src, err := in.open()
	if err != nil {
		return err
	}
	body, err := inject.Decode(src, encodings)
	if err != nil {
		return fmt.Errorf("store asset: %w", err)
	}
	plain, err := os.CreateTemp(a.dir, "incoming-*")
	if err != nil {
		return fmt.Errorf("store asset: %w", err)
	}
	defer func() { _ = os.Remove(plain.Name()) }()
	defer func() { _ = plain.Close() }()
	sum := sha256.New()
	e.Size, err = io.Copy(io.MultiWriter(plain, sum), io.LimitReader(body, maxAsset+1))
	if err != nil {
		return fmt.Errorf("store asset: %w", err)
	}
	if e.Size > maxAsset {
		return errors.New("store asset: it is too large")
	}
	if a.admit != nil {
		if err := a.admit(e.Size); err != nil {
			return fmt.Errorf("store asset: %w", err)
		}
	}
	e.Hash = hex.EncodeToString(sum.Sum(nil))
	if err := a.publish(plain.Name(), e.Hash); err != nil {
		return err
	}
	return a.enter(e)
}

// publish gives a body its name.
func (a *Archive) publish(file, hash string) error {
	blob := a.blob(hash)
	if err := os.MkdirAll(filepath.Dir(blob), 0o700); err != nil {
		return fmt.Errorf("store asset: %w", err)
	}
	if err := os.Rename(file, blob); err != nil {
		return fmt.Errorf("store asset: %w", err)
	}
	return nil
}

// maxRedirects bounds the redirects that are known.
const maxRedirects = 10_000

// redirect notes that a URL stands for another one: pages name the first, the
// body comes from the second.
func (a *Archive) redirect(from, to string) error {
	from, to = a.redactor.String(from), a.redactor.String(to)
	a.mu.Lock()
	defer a.mu.Unlock()
	if from == to || slices.Contains(a.from[to], from) || len(a.from) >= maxRedirects {
		return nil
	}
	a.from[to] = append(a.from[to], from)
	if e, ok := a.known[to]; ok {
		e.URL, e.From, e.At = from, e.base(), a.now().UnixMilli()
		return a.add(e)
	}
	return nil
}

// enter adds an answer to the list.
func (a *Archive) enter(e Archived) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.add(e)
}

// add adds an answer, unless it is the one that was given last, and the same
// for the URLs that redirect to it. The caller holds the mutex.
func (a *Archive) add(e Archived) error {
	if last, ok := a.known[e.URL]; ok && last.Hash == e.Hash && last.Type == e.Type {
		return nil
	}
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("store asset: %w", err)
	}
	if _, err := a.list.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("store asset: %w", err)
	}
	a.known[e.URL] = e
	base := e.base()
	for _, from := range a.from[e.URL] {
		e.URL, e.From = from, base
		if err := a.add(e); err != nil {
			return err
		}
	}
	return nil
}
