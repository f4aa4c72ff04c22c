package inject

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"regexp"
	"strings"
)

// taken reports whether browsers take a response without a Content-Type for a
// page, by its first bytes (MIME Sniffing, 7). It waits for these.
func taken(resp *http.Response) bool {
	if resp.Header.Get("Content-Type") != "" || strings.EqualFold(resp.Header.Get("X-Content-Type-Options"), "nosniff") {
		return false
	}
	return strings.HasPrefix(http.DetectContentType(beginning(resp)), "text/html")
}

// documentStart is how a document begins, unlike a fragment of one.
var documentStart = regexp.MustCompile(`(?is)^\x{FEFF}?\s*(?:<!--.*?-->\s*)*<(?:!doctype|html|head)[\s>]`)

// WholeDocument reports whether a response begins like a document of its own,
// rather than a fragment. It waits for its first bytes.
func WholeDocument(resp *http.Response) bool {
	return strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") && documentStart.Match(beginning(resp))
}

// beginning returns what has come first of a response's body, decoded, up to
// 512 bytes. The body still has it.
func beginning(resp *http.Response) []byte {
	src := bufio.NewReader(resp.Body)
	resp.Body = struct {
		io.Reader
		io.Closer
	}{src, resp.Body}
	_, _ = src.Peek(1) // an error comes again when the body is read
	head, _ := src.Peek(src.Buffered())
	plain, err := Decode(bytes.NewReader(head), resp.Header.Values("Content-Encoding"))
	if err != nil {
		return nil
	}
	text := make([]byte, 512)
	n, _ := io.ReadFull(plain, text) // it may be cut short
	return text[:n]
}
