package timeline

import (
	"bytes"
	"io"
	"sort"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Pages lists the pages of the whole recording.
func (tl *Timeline) Pages() []Page { return tl.pages }

// PageAt is the page in view at session time t; the zero Page before any.
func (tl *Timeline) PageAt(t time.Duration) Page {
	i := sort.Search(len(tl.pages), func(i int) bool { return tl.pages[i].At > t })
	if i == 0 {
		return Page{}
	}
	return tl.pages[i-1]
}

// PageEnd is when the page in view at session time t ends.
func (tl *Timeline) PageEnd(t time.Duration) time.Duration {
	i := sort.Search(len(tl.pages), func(i int) bool { return tl.pages[i].At > t })
	if i == len(tl.pages) {
		return tl.Session
	}
	return tl.pages[i].At
}

// titleReach is how far behind its tag a title's text is looked for.
const titleReach = 4 << 10

// title finds the document's title in the JSON of a full snapshot; empty if
// there is none. Parsing a snapshot of megabytes for it would cost more than
// the title is worth.
func title(raw []byte) string {
	i := bytes.Index(raw, []byte(`"tagName":"title"`))
	if i < 0 {
		return ""
	}
	// From there to the end of its object, an element reads as one of its own.
	rest := raw[i:min(len(raw), i+titleReach)]
	element := jsontext.NewDecoder(io.MultiReader(strings.NewReader("{"), bytes.NewReader(rest)))
	var title struct {
		Texts []struct {
			Text string `json:"textContent"`
		} `json:"childNodes"`
	}
	if err := json.UnmarshalDecode(element, &title); err != nil || len(title.Texts) == 0 {
		return ""
	}
	return strings.Join(strings.Fields(title.Texts[0].Text), " ") // as document.title is
}
