package recorder_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/gzip"

	"github.com/reelay/reelay/recorder"
)

var scriptTag = regexp.MustCompile(`<script src="/\.reelay/[0-9a-f]{16}\.js" integrity="sha256-[\w+/=]+" nonce="[A-Z2-7]+" data-level="\w+" async=""></script>(?:<script>\{let s=document\.currentScript.*?</script>)?`)

// seen is what a browser got, but for the body.
type seen struct {
	StatusCode int
	Proto      string
	Header     http.Header
}

// get asks like a browser that follows a link, without following redirects.
func get(t *testing.T, r *rig, path string, header ...string) (seen, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Dest", "document")
	req.Header.Set("Accept-Encoding", "gzip")
	for _, h := range header {
		if name, value, ok := strings.Cut(h, ": "); ok {
			req.Header.Set(name, value)
		}
	}
	client := r.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return seen{resp.StatusCode, resp.Proto, resp.Header}, string(body)
}

// reply serves a body with headers, given as "Name: value".
func reply(status int, body string, header ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for _, h := range header {
			name, value, _ := strings.Cut(h, ": ")
			w.Header().Add(name, value)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

func zipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.String()
}

func TestPagesGetTheScriptAndNothingElse(t *testing.T) {
	const page = "<!doctype html><html><head><title>a</title></head><body>ä</body></html>"
	tests := []struct {
		name   string
		origin http.Handler
		ask    string
		want   bool
	}{
		{"page", reply(200, page, "Content-Type: text/html"), "", true},
		{"compressed page", reply(200, zipped(page), "Content-Type: text/html", "Content-Encoding: gzip"), "", true},
		{"error page", reply(404, page, "Content-Type: text/html"), "", true},
		{"frame", reply(200, page, "Content-Type: text/html"), "Sec-Fetch-Dest: iframe", true},
		{"fetched fragment", reply(200, page, "Content-Type: text/html"), "Sec-Fetch-Dest: empty", false},
		{"htmx", reply(200, page, "Content-Type: text/html"), "HX-Request: true", false},
		{"turbo", reply(200, page, "Content-Type: text/html"), "Turbo-Frame: a", false},
		{"download", reply(200, page, "Content-Type: text/html", "Content-Disposition: attachment"), "", false},
		{"text", reply(200, page, "Content-Type: text/plain"), "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, tt.origin, rigOptions{})
			resp, body := get(t, r, "/", tt.ask)
			tags := scriptTag.FindAllString(body, -1)
			if (len(tags) == 1) != tt.want {
				t.Fatalf("%d tags in %q", len(tags), body)
			}
			if plain := scriptTag.ReplaceAllString(body, ""); plain != page {
				t.Errorf("got %q", plain)
			}
			if tt.want && resp.Header.Get("Content-Encoding") != "" {
				t.Errorf("headers %v", resp.Header)
			}
		})
	}
}

func TestUnrecordablePagesAreReported(t *testing.T) {
	tests := map[string]http.Handler{
		"sandbox":      reply(200, "<p>", "Content-Type: text/html", "Content-Security-Policy: sandbox"),
		"unknown":      reply(200, "<p>", "Content-Type: text/html", "Content-Encoding: made-up"),
		"part":         reply(206, "<p>", "Content-Type: text/html"),
		"not html":     reply(200, "<svg/>", "Content-Type: application/xhtml+xml"),
		"user@test.de": reply(206, "<p>", "Content-Type: text/html"),
	}
	for name, origin := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, origin, rigOptions{})
			_, body := get(t, r, "/"+name+"?token=secret", "Accept-Encoding: identity")
			if strings.Contains(body, "reelay") {
				t.Errorf("changed to %q", body)
			}
			u := <-r.unrecorded
			if u.Reason == "" || !strings.HasPrefix(u.Path, "/") || strings.ContainsAny(u.Path, "?@") {
				t.Errorf("reported %+v", u)
			}
			if !strings.Contains(r.logs.String(), "page is not recorded") {
				t.Errorf("log %s", r.logs)
			}
		})
	}
}

func TestRequestsReachTheSiteAsItExpectsThem(t *testing.T) {
	asked := make(chan *http.Request, 1)
	r := newRig(t, http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) { asked <- req }), rigOptions{})
	get(t, r, "/a%2Fb;c?q=1;2&x=%zz",
		"Origin: "+r.URL, "Referer: "+r.URL+"/from?x=1", "Cookie: a=b; reelay-__Host-id=1; reelay-__Secure-s=2; reelay-other=3",
		"Accept-Encoding: gzip, zstd, dcb, made-up", "If-None-Match: x", "Range: bytes=0-1", "Available-Dictionary: :x:")
	req := <-asked
	origin := "http://" + req.Host
	want := map[string]string{
		"Origin": origin, "Referer": origin + "/from?x=1", "Cookie": "a=b; __Host-id=1; __Secure-s=2; reelay-other=3",
		"Accept-Encoding": "gzip, zstd", "If-None-Match": "", "Range": "", "Available-Dictionary": "",
		"X-Forwarded-For": "", "Forwarded": "", "Via": "",
	}
	for name, value := range want {
		if got := req.Header.Get(name); got != value {
			t.Errorf("%s: %q, want %q", name, got, value)
		}
	}
	if req.RequestURI != "/a%2Fb;c?q=1;2&x=%zz" || strings.HasPrefix(r.URL, origin) {
		t.Errorf("request for %s at %s", req.RequestURI, req.Host)
	}
}

func TestResponsesNameTheRecordersOrigin(t *testing.T) {
	var site string
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		site = "http://" + req.Host
		h := w.Header()
		h.Set("Location", site+"/next?back=http://other.test/")
		h.Set("Content-Location", "//"+req.Host+"/c")
		h.Set("Refresh", `5; URL="`+site+`/r"`)
		h.Set("Access-Control-Allow-Origin", site)
		h.Set("Timing-Allow-Origin", "http://other.test")
		h.Set("Strict-Transport-Security", "max-age=1")
		h.Set("Alt-Svc", `h3=":443"`)
		h.Add("Set-Cookie", "__Host-id=1; Path=/; Secure; HttpOnly; SameSite=None")
		h.Add("Set-Cookie", "plain=2; Domain=.example.com; SameSite=Lax; Partitioned")
		w.WriteHeader(http.StatusFound)
	}), rigOptions{})
	resp, _ := get(t, r, "/")
	want := map[string]string{
		"Location":                    r.URL + "/next?back=http://other.test/",
		"Content-Location":            strings.TrimPrefix(r.URL, "http:") + "/c",
		"Refresh":                     `5; URL="` + r.URL + `/r"`,
		"Access-Control-Allow-Origin": r.URL,
		"Timing-Allow-Origin":         "http://other.test",
		"Strict-Transport-Security":   "",
		"Alt-Svc":                     "",
	}
	for name, value := range want {
		if got := resp.Header.Get(name); got != value {
			t.Errorf("%s: %q, want %q", name, got, value)
		}
	}
	cookies := strings.Join(resp.Header.Values("Set-Cookie"), "\n")
	if cookies != "reelay-__Host-id=1; Path=/; HttpOnly\nplain=2; SameSite=Lax" {
		t.Errorf("cookies:\n%s", cookies)
	}
}

// Over TLS a browser keeps Secure, and an http URL of an https site is its own.
func TestResponsesOverTLS(t *testing.T) {
	site := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.ProtoMajor != 2 {
			t.Errorf("the site was asked with %s", req.Proto)
		}
		w.Header().Set("Location", "https://"+req.Host+"/x")
		w.Header().Add("Set-Cookie", "a=1; Secure; SameSite=None; Domain=example.com")
		w.Header().Add("Set-Cookie", "__Host-csrf=2; Secure; Path=/")
		w.WriteHeader(http.StatusMovedPermanently)
	}))
	site.EnableHTTP2 = true
	site.StartTLS()
	t.Cleanup(site.Close)
	r := newRigFor(t, site, rigOptions{tls: true})
	resp, _ := get(t, r, "/")
	if resp.Proto != "HTTP/2.0" || resp.Header.Get("Location") != r.URL+"/x" {
		t.Errorf("%s, to %s", resp.Proto, resp.Header.Get("Location"))
	}
	if got := strings.Join(resp.Header.Values("Set-Cookie"), "\n"); got != "a=1; Secure; SameSite=None\n__Host-csrf=2; Secure; Path=/" {
		t.Errorf("cookie %q", got)
	}
}

func TestManyStreamsOfOneConnection(t *testing.T) {
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintf(w, "<head></head>%s", strings.Repeat(req.URL.Path, 1000))
	}), rigOptions{tls: true})
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			path := fmt.Sprintf("/page-%d", i)
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.URL+path, nil)
			if err != nil {
				t.Error(err)
				return
			}
			req.Header.Set("Sec-Fetch-Dest", "document")
			resp, err := r.Client().Do(req)
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = resp.Body.Close() }()
			body, err := io.ReadAll(resp.Body)
			want := "<head></head>" + strings.Repeat(path, 1000)
			if err != nil || scriptTag.ReplaceAllString(string(body), "") != want || len(body) == len(want) {
				t.Errorf("%s: %d bytes, %v", path, len(body), err)
			}
		})
	}
	wg.Wait()
}

func TestUploadAndDownload(t *testing.T) {
	file := bytes.Repeat([]byte("0123456789abcdef"), 200_000)
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method == http.MethodPost {
			upload, _, err := req.FormFile("file")
			if err != nil {
				t.Error(err)
				return
			}
			sum := sha256.New()
			_, _ = io.Copy(sum, upload)
			_, _ = fmt.Fprintf(w, "%x", sum.Sum(nil))
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		http.ServeContent(w, req, "", testTime(), bytes.NewReader(file))
	}), rigOptions{})

	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", "a.bin")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(file)
	_ = w.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.URL, &form)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	resp, err := r.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	sum := sha256.Sum256(file)
	if got, _ := io.ReadAll(resp.Body); string(got) != hex.EncodeToString(sum[:]) {
		t.Errorf("the site got %s", got)
	}
	down, body := get(t, r, "/", "Sec-Fetch-Dest: empty", "Range: bytes=16-31")
	if down.StatusCode != http.StatusPartialContent || body != "0123456789abcdef" {
		t.Errorf("range: %d, %q", down.StatusCode, body)
	}
	if _, body = get(t, r, "/", "Sec-Fetch-Dest: empty"); body != string(file) {
		t.Errorf("download: %d bytes", len(body))
	}
}

func TestSiteThatIsDown(t *testing.T) {
	site := httptest.NewServer(http.NotFoundHandler())
	r := newRigFor(t, site, rigOptions{})
	site.Close()
	resp, body := get(t, r, "/")
	if resp.StatusCode != http.StatusBadGateway || !strings.Contains(body, "did not answer") {
		t.Errorf("%d %q", resp.StatusCode, body)
	}
}

func TestTheScriptIsServed(t *testing.T) {
	r := newRig(t, html("<head></head>"), rigOptions{})
	_, body := get(t, r, "/")
	path := regexp.MustCompile(`/\.reelay/\w+\.js`).FindString(body)
	resp, script := get(t, r, path, "Accept-Encoding: identity")
	if resp.StatusCode != http.StatusOK || !strings.Contains(resp.Header.Get("Cache-Control"), "immutable") || len(script) < 10_000 {
		t.Errorf("%d, %v, %d bytes", resp.StatusCode, resp.Header, len(script))
	}
	if resp, _ := get(t, r, path); resp.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("headers %v", resp.Header)
	}
	if resp, _ := get(t, r, recorder.Prefix+"unknown"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("unknown path: %d", resp.StatusCode)
	}
}

// A redirect to another origin leads past the recorder, which says so and how to
// record that one. Once is enough.
func TestRedirectsPastTheRecorderAreReported(t *testing.T) {
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Location", "https://"+q.URL.Query().Get("to")+"/")
		w.WriteHeader(http.StatusMovedPermanently)
	}), rigOptions{})
	for _, to := range []string{"www.example.com:443", "www.example.com", "$(x).example.com", "login.example.com"} {
		get(t, r, "/?to="+url.QueryEscape(to))
	}
	get(t, r, "/?to=data.example.com", "Sec-Fetch-Dest: empty")
	for _, want := range []string{"https://www.example.com", "https://login.example.com"} {
		if u := <-r.unrecorded; !strings.HasSuffix(u.Reason, ": reelay record "+want) {
			t.Errorf("reported %+v", u)
		}
	}
	if len(r.unrecorded) > 0 {
		t.Errorf("also reported %+v", <-r.unrecorded)
	}
}

// Where TLS ends before the recorder, the site is told, as it would be without
// the recorder, and then knows itself by https.
func TestASiteLearnsThatTLSHasEnded(t *testing.T) {
	asked := make(chan *http.Request, 1)
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		asked <- q
		w.Header().Set("Location", "https://"+q.Host+"/next")
		w.Header().Set("Content-Location", "http://"+q.Host+"/this")
		w.WriteHeader(http.StatusFound)
	}), rigOptions{})
	public := "https" + strings.TrimPrefix(r.URL, "http")
	resp, _ := get(t, r, "/", "X-Forwarded-Proto: https", "Origin: "+public)
	q := <-asked
	if proto, origin := q.Header.Get("X-Forwarded-Proto"), q.Header.Get("Origin"); proto != "https" || origin != "https://"+q.Host {
		t.Errorf("the site got %q and the origin %s", proto, origin)
	}
	if got := resp.Header.Get("Location"); got != public+"/next" {
		t.Errorf("location %s", got)
	}
	if got := resp.Header.Get("Content-Location"); got != public+"/this" {
		t.Errorf("content location %s", got)
	}
}

// The user in the site's URL is who asks, unless the browser says who does.
func TestTheUserOfTheSitesURL(t *testing.T) {
	asked := make(chan string, 1)
	site := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) {
		user, password, _ := q.BasicAuth()
		asked <- user + ":" + password
	}))
	t.Cleanup(site.Close)
	target, err := url.Parse(site.URL)
	if err != nil {
		t.Fatal(err)
	}
	target.User = url.UserPassword("staging", "let me in")
	r := newRigAt(t, target, nil, rigOptions{})
	get(t, r, "/")
	if got := <-asked; got != "staging:let me in" {
		t.Errorf("asked as %s", got)
	}
	get(t, r, "/", "Authorization: Basic YWxpY2U6eA==")
	if got := <-asked; got != "alice:x" {
		t.Errorf("asked as %s", got)
	}
}
