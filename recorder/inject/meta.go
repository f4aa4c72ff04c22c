package inject

import (
	"bytes"
	"html"
	"strings"

	"github.com/reelay/reelay/recorder/csp"
)

// span is a range of a tag's bytes.
type span struct{ start, end int }

// metaInsertions returns what to insert into a tag if it is a meta element
// with a policy. Offsets count the tag's bytes; the text is escaped so that it
// is right in a value with double, single or no quotes.
func metaInsertions(tag []byte, grant csp.Grant) []csp.Insertion {
	if len(tag) < 6 || !strings.EqualFold(string(tag[1:5]), "meta") {
		return nil
	}
	attrs := attributes(tag)
	equiv, ok := attrs["http-equiv"]
	if !ok || !strings.EqualFold(html.UnescapeString(string(tag[equiv.start:equiv.end])), "content-security-policy") {
		return nil
	}
	content, ok := attrs["content"]
	if !ok {
		return nil
	}
	raw := string(tag[content.start:content.end])
	insertions := csp.Allow(html.UnescapeString(raw), grant)
	for i, in := range insertions {
		insertions[i] = csp.Insertion{
			Offset: content.start + rawOffset(raw, in.Offset),
			Text:   escape(in.Text),
		}
	}
	return insertions
}

// attributes finds the values of a start tag's attributes by lower-case name,
// without their quotes (HTML Standard, 13.2.5.32 and following). The first of
// two attributes with the same name counts.
func attributes(tag []byte) map[string]span {
	out := map[string]span{}
	i := bytes.IndexAny(tag, "\t\n\f\r />")
	for i >= 0 && i < len(tag) {
		for i < len(tag) && (isSpace(tag[i]) || tag[i] == '/') {
			i++
		}
		if i >= len(tag) || tag[i] == '>' {
			break
		}
		start := i
		for i++; i < len(tag) && !isSpace(tag[i]) && tag[i] != '/' && tag[i] != '>' && tag[i] != '='; {
			i++
		}
		name := strings.ToLower(string(tag[start:i]))
		var value span
		value, i = attributeValue(tag, i)
		if _, dup := out[name]; !dup {
			out[name] = value
		}
	}
	return out
}

// attributeValue reads "= value" at tag[i:], if it is there, and returns where
// to go on.
func attributeValue(tag []byte, i int) (span, int) {
	j := i
	for j < len(tag) && isSpace(tag[j]) {
		j++
	}
	if j >= len(tag) || tag[j] != '=' {
		return span{i, i}, i
	}
	for j++; j < len(tag) && isSpace(tag[j]); {
		j++
	}
	if j < len(tag) && (tag[j] == '"' || tag[j] == '\'') {
		end := bytes.IndexByte(tag[j+1:], tag[j])
		if end < 0 {
			return span{j + 1, len(tag)}, len(tag)
		}
		return span{j + 1, j + 1 + end}, j + 2 + end
	}
	start := j
	for j < len(tag) && !isSpace(tag[j]) && tag[j] != '>' {
		j++
	}
	return span{start, j}, j
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r'
}

// rawOffset maps an offset in the unescaped value to one in the value as
// written. A character reference never reaches over the next ampersand.
func rawOffset(raw string, offset int) int {
	at := 0
	for at < len(raw) {
		end := len(raw)
		if next := strings.IndexByte(raw[at+1:], '&'); next >= 0 {
			end = at + 1 + next
		}
		n := len(html.UnescapeString(raw[at:end]))
		if offset <= n {
			break
		}
		offset -= n
		at = end
	}
	tail := raw[at:]
	if !strings.HasPrefix(tail, "&") {
		return at + min(offset, len(tail))
	}
	// Behind the reference each byte stands for itself, so count from the end
	// of the segment.
	end := len(tail)
	if next := strings.IndexByte(tail[1:], '&'); next >= 0 {
		end = 1 + next
	}
	behind := len(html.UnescapeString(tail[:end])) - offset
	if offset == 0 {
		return at
	}
	return at + max(end-behind, 0)
}

// escape writes everything but letters, digits and a few harmless characters
// as character references.
func escape(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		switch c {
		case ' ':
			b.WriteString("&#32;")
		case '\'':
			b.WriteString("&#39;")
		case '"':
			b.WriteString("&#34;")
		case '&':
			b.WriteString("&#38;")
		case '<':
			b.WriteString("&#60;")
		case '>':
			b.WriteString("&#62;")
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
