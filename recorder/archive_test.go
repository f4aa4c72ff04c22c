package recorder_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"testing"
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
