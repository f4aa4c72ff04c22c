package recorder

import (
	"bytes"
	"encoding/json"
	"iter"
	"net/url"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// urlSet gathers the URLs that a session refers to. rrweb writes them as
// absolute URLs; the ones in style sheets are relative to the sheet.
type urlSet struct {
	known map[string]bool
	queue []string
}

func newURLSet() *urlSet { return &urlSet{known: map[string]bool{}} }

// maxURLs bounds what is gathered of one session.
const maxURLs = 50_000

func (s *urlSet) add(u string) {
	u, _, _ = strings.Cut(u, "#")
	if u != "" && len(s.known) < maxURLs && !s.known[u] {
		s.known[u] = true
		s.queue = append(s.queue, u)
	}
}

// all yields every URL once, those included that are added meanwhile.
func (s *urlSet) all() iter.Seq[string] {
	return func(yield func(string) bool) {
		for len(s.queue) > 0 {
			u := s.queue[0]
			s.queue = s.queue[1:]
			if !yield(u) {
				return
			}
		}
	}
}

// event gathers the absolute URLs in an event. Any end that a URL can have in
// an attribute, a srcset or a style sheet ends it, so that it may be gathered
// both with and without a comma or a bracket at its end.
func (s *urlSet) event(event []byte) {
	for {
		at := bytes.Index(event, []byte("http"))
		if at < 0 {
			return
		}
		event = event[at:]
		rest, ok := bytes.CutPrefix(event, []byte("http"))
		rest = bytes.TrimPrefix(rest, []byte("s"))
		if !ok || !bytes.HasPrefix(rest, []byte("://")) {
			event = event[len("http"):]
			continue
		}
		end := bytes.IndexAny(event, "\"'\\<> \t\n`")
		if end < 0 {
			end = len(event)
		}
		u := string(event[:end])
		event = event[end:]
		s.add(u)
		s.add(strings.TrimRight(u, "),;"))
		if inner, _, cut := strings.Cut(u, ")"); cut {
			s.add(inner)
		}
	}
}

// shown gathers what an event shows: images, media, style sheets and fonts,
// not what it links to.
func (s *urlSet) shown(event []byte) {
	for _, m := range shownStyle.FindAllSubmatch(event, -1) {
		s.add(string(m[1]))
	}
	if !bytes.Contains(event, []byte(`"attributes"`)) {
		return
	}
	_, _ = editAttributes(event, func(tag string, attributes jsontext.Value) (jsontext.Value, error) {
		var a map[string]any
		if json.Unmarshal(attributes, &a) == nil {
			s.element(tag, a)
		}
		return attributes, nil
	}) // an event that cannot be read shows nothing
}

// shownStyle finds an absolute URL in the style sheets and style attributes of
// an event, whose quotes are escaped.
var shownStyle = regexp.MustCompile(`url\(\s*(?:\\"|')?(https?://[^"'()\\\s]+)`)

// element gathers what an element shows. A mutation does not say its tag.
func (s *urlSet) element(tag string, attributes map[string]any) {
	text := func(name string) string {
		value, _ := attributes[name].(string)
		return value
	}
	http := func(u string) {
		if strings.HasPrefix(u, "http://") || strings.HasPrefix(u, "https://") {
			s.add(u)
		}
	}
	switch tag {
	case "img", "source", "video", "audio", "track", "input", "":
		http(text("src"))
		http(text("poster"))
		for candidate := range strings.SplitSeq(text("srcset"), ", ") {
			u, _, _ := strings.Cut(strings.TrimSpace(candidate), " ")
			http(u)
		}
	case "link":
		if rel := strings.ToLower(text("rel")); strings.Contains(rel, "stylesheet") {
			http(text("href"))
		}
	case "image", "use":
		http(text("href"))
		http(text("xlink:href"))
	}
	http(text("background"))
	http(text(sheetAddress))
}

// styleURL finds url(…) and @import "…" in a style sheet.
var styleURL = regexp.MustCompile(`url\(\s*(?:"([^"]*)"|'([^']*)'|([^"')\s]+))\s*\)|@import\s+(?:"([^"]*)"|'([^']*)')`)

// style gathers the URLs in a style sheet that was served for base.
func (s *urlSet) style(base string, sheet []byte) {
	b, err := url.Parse(base)
	if err != nil {
		return
	}
	for _, m := range styleURL.FindAllSubmatch(sheet, -1) {
		ref, err := url.Parse(string(bytes.Join(m[1:], nil)))
		if err != nil || ref.Scheme == "data" {
			continue
		}
		s.add(b.ResolveReference(ref).String())
	}
}

// absoluteStyle returns a style sheet whose URLs do not depend on where it came
// from any more, as rrweb writes the sheets that it can read.
func absoluteStyle(base string, sheet []byte) []byte {
	b, err := url.Parse(base)
	if err != nil {
		return sheet
	}
	return styleURL.ReplaceAllFunc(sheet, func(found []byte) []byte {
		m := styleURL.FindSubmatch(found)
		ref, err := url.Parse(string(bytes.Join(m[1:], nil)))
		if err != nil || ref.Scheme == "data" || strings.HasPrefix(ref.String(), "#") {
			return found
		}
		whole := strings.ReplaceAll(b.ResolveReference(ref).String(), `"`, "%22")
		if found[0] == '@' {
			return []byte(`@import "` + whole + `"`)
		}
		return []byte(`url("` + whole + `")`)
	})
}

// noPicture matches a url(…) in a style sheet that is none: a reference within
// the page, a font, another sheet.
var noPicture = regexp.MustCompile(`(?i)^url\(\s*["']?(?:#|data:[a-z/-]*font|[^"')]*\.(?:woff2?|ttf|otf|eot|css))`)

// withoutPictures returns a style sheet that shows none, as the script makes the
// ones that it sees at the strict level.
func withoutPictures(sheet []byte) []byte {
	return styleURL.ReplaceAllFunc(sheet, func(found []byte) []byte {
		if found[0] == '@' || noPicture.Match(found) {
			return found
		}
		return []byte("none")
	})
}

func isStyle(contentType string) bool {
	return strings.HasPrefix(strings.ToLower(contentType), "text/css")
}
