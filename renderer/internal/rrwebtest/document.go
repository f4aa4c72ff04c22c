package rrwebtest

import (
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// rrweb's node types (rrweb-snapshot, enum NodeType).
const (
	typeDocument = 0
	typeDoctype  = 1
	typeElement  = 2
	typeText     = 3
	typeComment  = 5
)

// document is a serialised document and the ids of its elements.
type document struct {
	root   object
	frames []object // the documents of its frames, as rrweb adds them
	ids    map[string]int
	last   int
	top    int // how far it is scrolled, CSS pixels
}

// parse serialises an HTML document as rrweb does. A template with the attribute
// shadowrootmode becomes its parent's shadow tree; an iframe with srcdoc holds
// that document.
func parse(t *testing.T, text string) document {
	t.Helper()
	tree, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatalf("parse page: %v", err)
	}
	d := document{ids: map[string]int{}}
	d.root = d.node(t, tree, 0)
	return d
}

// fragment serialises HTML that is added to the document later.
func (d *document) fragment(t *testing.T, text string) []object {
	t.Helper()
	nodes, err := html.ParseFragment(strings.NewReader(text), &html.Node{Type: html.ElementNode, DataAtom: atom.Body, Data: "body"})
	if err != nil {
		t.Fatalf("parse fragment: %v", err)
	}
	var list []object
	for _, n := range nodes {
		list = append(list, d.node(t, n, 0))
	}
	return list
}

func (d *document) node(t *testing.T, n *html.Node, root int) object {
	t.Helper()
	d.last++
	o := object{"id": d.last}
	if root != 0 {
		o["rootId"] = root
	}
	switch n.Type {
	case html.DocumentNode:
		if root == 0 && d.last != 1 {
			root = d.last
		}
		o["type"] = typeDocument
		o["childNodes"] = d.children(t, n, root)
	case html.DoctypeNode:
		o["type"], o["name"], o["publicId"], o["systemId"] = typeDoctype, n.Data, "", ""
	case html.TextNode:
		o["type"], o["textContent"] = typeText, n.Data
		if n.Parent != nil && n.Parent.DataAtom == atom.Style {
			o["isStyle"] = true
		}
	case html.CommentNode:
		o["type"], o["textContent"] = typeComment, n.Data
	case html.ElementNode:
		d.element(t, n, o, root)
	default:
		t.Fatalf("parse page: node type %v", n.Type)
	}
	return o
}

func (d *document) element(t *testing.T, n *html.Node, o object, root int) {
	t.Helper()
	attributes := object{}
	inner := ""
	for _, a := range n.Attr {
		switch {
		case n.DataAtom == atom.Iframe && a.Key == "srcdoc":
			inner = a.Val
		case a.Key == "rr_dataurl": // the parser has no upper case
			attributes["rr_dataURL"] = a.Val
		case a.Key == "rr_scrolltop":
			top, err := strconv.Atoi(a.Val)
			if err != nil {
				t.Fatalf("parse page: %v", err)
			}
			attributes["rr_scrollTop"] = top
			if n.DataAtom == atom.Html && root == 0 {
				d.top = top
			}
		default:
			attributes[a.Key] = a.Val
		}
		if a.Key == "id" {
			d.ids[a.Val] = d.last
		}
	}
	o["type"], o["tagName"], o["attributes"] = typeElement, n.Data, attributes
	if n.Namespace == "svg" {
		o["isSVG"] = true
	}
	children := d.children(t, n, root)
	if inner != "" {
		tree, err := html.Parse(strings.NewReader(inner))
		if err != nil {
			t.Fatalf("parse frame: %v", err)
		}
		host := o["id"]
		d.frames = append(d.frames, object{"parentId": host, "nextId": nil, "node": d.node(t, tree, 0)})
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if isShadow(c) {
			o["isShadowHost"] = true
		}
	}
	o["childNodes"] = children
}

func (d *document) children(t *testing.T, n *html.Node, root int) []object {
	t.Helper()
	list := []object{}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if !isShadow(c) {
			list = append(list, d.node(t, c, root))
			continue
		}
		for inside := c.FirstChild; inside != nil; inside = inside.NextSibling {
			o := d.node(t, inside, root)
			o["isShadow"] = true
			list = append(list, o)
		}
	}
	return list
}

func isShadow(n *html.Node) bool {
	if n.DataAtom != atom.Template {
		return false
	}
	for _, a := range n.Attr {
		if a.Key == "shadowrootmode" {
			return true
		}
	}
	return false
}
