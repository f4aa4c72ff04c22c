package recorder_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/reelay/reelay/recorder"
)

func TestAssetsAreKeptAsTheyWereSeen(t *testing.T) {
	const css = "body{color:red}"
	asked := make(chan string, 10)
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		asked <- req.Header.Get("If-None-Match")
		w.Header().Set("Content-Type", "text/css")
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = io.WriteString(w, zipped(css))
	}), rigOptions{})
	for range 2 {
		get(t, r, "/a.css?v=1&token=secret", "Sec-Fetch-Dest: style", `If-None-Match: "x"`)
		eventually(t, "asset is kept", func() bool {
			list, err := r.archive.List()
			return err == nil && len(list) == 1
		})
	}
	if first, second := <-asked, <-asked; first != "" || second != `"x"` {
		t.Errorf("asked with %q, then %q", first, second)
	}
	get(t, r, "/data.css", "Sec-Fetch-Dest: empty")
	list, err := r.archive.List()
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	sum := sha256.Sum256([]byte(css))
	if list[0].Hash != hex.EncodeToString(sum[:]) || !strings.HasPrefix(list[0].URL, r.URL+"/a.css?v=1&token=•") {
		t.Errorf("%+v", list[0])
	}
	body, err := r.archive.Open(list[0].Hash)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = body.Close() }()
	if got, _ := io.ReadAll(body); string(got) != css {
		t.Errorf("body %q", got)
	}
}

// Strict masks all pictures: none may be on the disk, however it was asked for.
func TestStrictKeepsNoPictures(t *testing.T) {
	site := http.NewServeMux()
	site.Handle("/a.css", reply(http.StatusOK, "b{}", "Content-Type: text/css"))
	site.Handle("/b.css", reply(http.StatusOK, "i{}", "Content-Type: text/css"))
	site.Handle("/f.woff2", reply(http.StatusOK, "font", "Content-Type: application/octet-stream"))
	site.Handle("/p.png", reply(http.StatusOK, "picture", "Content-Type: image/png"))
	site.Handle("/q", reply(http.StatusOK, "picture", "Content-Type: application/octet-stream"))
	asked := make(chan string, 10)
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		asked <- q.URL.Path + q.Header.Get("If-None-Match")
		site.ServeHTTP(w, q)
	}), rigOptions{level: recorder.Strict})
	for _, dest := range []string{"image", "video", "style", "font", ""} {
		get(t, r, "/p.png", "Sec-Fetch-Dest: "+dest, `If-None-Match: "x"`)
		if got := <-asked; got != `/p.png"x"` && (dest == "image" || dest == "video") {
			t.Errorf("%q asked for %s: the browser has it already", dest, got)
		}
	}
	get(t, r, "/q", "Sec-Fetch-Dest: image")
	get(t, r, "/f.woff2", "Sec-Fetch-Dest: font")
	get(t, r, "/a.css", "Sec-Fetch-Dest: style")
	c, _, err := dial(t, r, r.URL)
	if err != nil {
		t.Fatal(err)
	}
	c.say("%s", strings.Replace(hello(pageID), "standard", "strict", 1))
	c.hear()
	c.say("%s", `{"t":"events","seq":0}`+"\n"+fmt.Sprintf(`{"type":2,"nodes":[{"tagName":"img","attributes":{"src":"%[1]s/p.png"}},`+
		`{"tagName":"link","attributes":{"rel":"stylesheet","href":"%[1]s/b.css"}}]}`, r.URL))
	c.hear()
	if err := r.recorder.FetchAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "sheets and font", func() bool {
		list, err := r.archive.List()
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			if strings.HasSuffix(e.URL, "/p.png") || strings.HasSuffix(e.URL, "/q") {
				t.Fatalf("a picture is kept: %+v", e)
			}
		}
		return len(list) == 3
	})
}
