// Package inject puts a script tag into an HTML document while it streams by,
// and widens the policies in its meta elements. Everything else leaves as it
// came: the origin's bytes are a subsequence of what a Reader returns. It
// holds back no more than the token that it is looking at, and only up to the
// end of the head.
package inject

import (
	"bytes"
	"errors"
	"io"
	"regexp"

	"golang.org/x/net/html"

	"github.com/reelay/reelay/recorder/csp"
)

// maxToken bounds how much of the head is held back for one token, in code
// units. An inline script is one token.
const maxToken = 1 << 20

// Document says how to read a document and what to put into it.
type Document struct {
	Tag     []byte    // the script element, in ASCII and valid as XML
	Grant   csp.Grant // what meta policies must allow
	Charset string    // of the Content-Type header; empty if it names none
	XML     bool      // application/xhtml+xml
}

// Outcome is what became of a document that was read to its end.
type Outcome string

// The outcomes of reading a document.
const (
	Pending   Outcome = ""          // not far enough to tell
	Injected  Outcome = "injected"  // the tag is in it
	Foreign   Outcome = "foreign"   // XML whose root is not html, or without a child
	Undefined Outcome = "undefined" // an internal DTD subset, which is not read
	Oversized Outcome = "oversized" // a single token before the head is too long
)

// Reader is the document with the tag in it.
type Reader struct {
	doc     Document
	units   *units
	tok     *html.Tokenizer
	out     []byte
	err     error
	outcome Outcome
	grown   int // bytes that were put in

	raw       bool   // the head is behind us: copy what follows
	root      bool   // <html> has been seen
	rawText   bool   // the last start tag was of an element whose content is text
	templates int    // depth of <template>, whose content does not end the head
	token     []byte // the current token's code units, one byte each
	pos       int    // how many of them are queued
}

// NewReader returns src with the document's tag in it. Reading from it reads
// no further in src than needed for the next bytes.
func NewReader(src io.Reader, doc Document) *Reader {
	r := &Reader{doc: doc, units: newUnits(src, doc.Charset)}
	r.tok = html.NewTokenizer(r.units)
	// A token that is cut off may still come without an error: leave room to
	// tell it by its length.
	r.tok.SetMaxBuf(2 * maxToken)
	return r
}

// Outcome tells whether the tag is in the document. It is final once Read has
// returned an error, and Injected as soon as it is so.
func (r *Reader) Outcome() Outcome { return r.outcome }

// Read implements io.Reader. It returns what can be told without waiting for
// the source, token by token: each would be a write to the browser.
func (r *Reader) Read(p []byte) (int, error) {
	for r.err == nil && !r.raw && (len(r.out) == 0 || len(r.out) < len(p) && r.ready()) {
		r.step()
	}
	if len(r.out) > 0 {
		n := copy(p, r.out)
		r.out = r.out[n:]
		return n, nil
	}
	if r.err != nil {
		return 0, r.err
	}
	return r.units.readRest(p)
}

// tagStart is a tag, maybe behind text that has no other use of its bracket.
var tagStart = regexp.MustCompile(`^[^<]*</?[a-zA-Z]`)

// ready reports whether the next token is here as a whole. One that it does not
// understand is not.
func (r *Reader) ready() bool {
	next := r.units.ahead()
	switch {
	case r.rawText:
		return bytes.Contains(next, []byte("</")) && bytes.LastIndexByte(next, '>') > bytes.Index(next, []byte("</"))
	case bytes.HasPrefix(next, []byte("<!--")):
		return bytes.Contains(next, []byte("-->"))
	case bytes.HasPrefix(next, []byte("<!")):
		return bytes.IndexByte(next, '>') > 0
	case !tagStart.Match(next):
		return false
	case next[0] != '<':
		return true // the text is a token of its own
	}
	var quote byte
	for _, c := range next {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"', c == '\'':
			quote = c
		case c == '>':
			return true
		}
	}
	return false
}

// lookAhead reads the first bytes of the source and returns by how much the
// document grows, if they hold its head; else the growth is not known.
func (r *Reader) lookAhead() (growth int, known bool) {
	r.step()
	for r.err == nil && !r.raw && r.ready() {
		r.step()
	}
	return r.grown, r.raw
}

// step reads one token and queues it, with what belongs before or after it.
func (r *Reader) step() {
	kind := r.tok.Next()
	r.pos = 0
	r.token = append(r.token[:0], r.tok.Raw()...)
	if kind == html.ErrorToken {
		r.finish(r.tok.Err())
		return
	}
	if len(r.token) > maxToken {
		r.finish(html.ErrBufferExceeded)
		return
	}
	switch {
	case r.outcome != Injected:
		r.before(kind)
	case r.inHead(kind):
		r.inside(kind)
	default:
		r.copyRest()
	}
}

// before handles a token in front of the place for the tag.
func (r *Reader) before(kind html.TokenType) {
	switch kind {
	case html.DoctypeToken:
		if r.doc.XML && bytes.IndexByte(r.token, '[') >= 0 {
			r.giveUp(Undefined)
			return
		}
		if !closed(r.token) {
			r.inject(0)
		}
	case html.CommentToken:
		if !closed(r.token) {
			r.inject(0)
		}
	case html.TextToken:
		if !r.doc.XML && !blank(r.token) {
			r.inject(0)
			r.copyRest()
			return
		}
	case html.StartTagToken, html.SelfClosingTagToken:
		r.beforeElement(kind)
		return
	case html.EndTagToken:
		if r.doc.XML {
			r.giveUp(Foreign)
			return
		}
		r.inject(0)
	case html.ErrorToken:
	}
	r.emit(len(r.token))
}

// beforeElement handles a start tag in front of the place for the tag: behind
// <head>, else before the first element that is neither html nor head.
func (r *Reader) beforeElement(kind html.TokenType) {
	switch name := r.enter(); {
	case name == "html" && !r.root:
		r.root = true
		r.emit(len(r.token))
	case name == "head":
		r.inject(len(r.token))
	case r.doc.XML && !r.root:
		r.giveUp(Foreign)
	case headElement(name):
		r.inject(0)
		r.inside(kind)
	default:
		r.inject(0)
		r.copyRest()
	}
}

// inside copies a token of the head, widening a policy if it is one.
func (r *Reader) inside(kind html.TokenType) {
	if kind == html.StartTagToken || kind == html.SelfClosingTagToken {
		for _, in := range metaInsertions(r.token, r.doc.Grant) {
			r.emit(in.Offset)
			r.insert([]byte(in.Text))
		}
	}
	r.emit(len(r.token))
}

// inject puts the tag behind the first n units of the current token.
func (r *Reader) inject(n int) {
	r.emit(n)
	r.insert(r.doc.Tag)
	r.outcome = Injected
}

// emit queues the bytes of the current token up to its unit number upto.
func (r *Reader) emit(upto int) {
	r.out = append(r.out, r.units.take(upto-r.pos)...)
	r.pos = upto
}

func (r *Reader) insert(ascii []byte) {
	before := len(r.out)
	r.out = r.units.encode(r.out, ascii)
	r.grown += len(r.out) - before
}

func (r *Reader) giveUp(o Outcome) {
	r.outcome = o
	r.copyRest()
}

// copyRest ends tokenizing: what has been read ahead is queued as it is.
func (r *Reader) copyRest() {
	r.out = append(r.out, r.units.rest()...)
	r.raw = true
}

// finish handles the end of the document, an error of the source, and a token
// that is too long.
func (r *Reader) finish(err error) {
	switch {
	case errors.Is(err, html.ErrBufferExceeded):
		if r.outcome == Pending {
			r.outcome = Oversized
		}
		r.copyRest()
		return
	case errors.Is(err, io.EOF) && r.outcome == Pending && !r.doc.XML:
		// What is left is an unfinished token, which a browser drops.
		if r.units.total > 0 {
			r.inject(0)
		}
	case errors.Is(err, io.EOF) && r.outcome == Pending:
		r.outcome = Foreign
	}
	r.copyRest()
	r.err = err
}

// inHead reports whether a token leaves the parser in the head or before the
// body, where a meta policy still counts.
func (r *Reader) inHead(kind html.TokenType) bool {
	switch kind {
	case html.StartTagToken, html.SelfClosingTagToken:
		name := r.enter()
		return r.templates > 0 || headElement(name)
	case html.EndTagToken:
		r.rawText = false
		name, _ := r.tok.TagName()
		if string(name) == "template" && r.templates > 0 {
			r.templates--
		}
		return r.templates > 0 || headElement(string(name))
	case html.TextToken:
		return r.rawText || r.templates > 0 || blank(r.token)
	case html.CommentToken, html.DoctypeToken:
		return true
	case html.ErrorToken:
	}
	return false
}

// enter notes a start tag of the head and returns its name.
func (r *Reader) enter() string {
	name, _ := r.tok.TagName()
	switch string(name) {
	case "title", "style", "script", "noscript", "noframes":
		r.rawText = true
	case "template":
		r.templates++
		r.rawText = false
	default:
		r.rawText = false
	}
	return string(name)
}

// closed reports whether a comment or doctype is more than the end of a
// document that was cut short within it.
func closed(token []byte) bool {
	if bytes.HasPrefix(token, []byte("<!--")) && len(token) > len("<!--->") {
		return bytes.HasSuffix(token, []byte("-->")) || bytes.HasSuffix(token, []byte("--!>"))
	}
	return bytes.HasSuffix(token, []byte(">"))
}

func blank(text []byte) bool { return len(bytes.Trim(text, "\t\n\f\r ")) == 0 }

// headElement reports whether an element of that name may be in a head, or is
// one of the two around it (HTML Standard, 13.2.6.4.4 to 13.2.6.4.6).
func headElement(name string) bool {
	switch name {
	case "html", "head", "base", "basefont", "bgsound", "link", "meta", "title",
		"noscript", "noframes", "style", "script", "template":
		return true
	}
	return false
}
