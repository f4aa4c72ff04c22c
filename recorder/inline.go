package recorder

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// sheetAddress is the attribute in which the script says where a link's style
// sheet comes from if the text that rrweb made of it has lost something.
const sheetAddress = "rr_href"

// maxInlined is how much text is put into one event, in bytes as written: with
// it the longest event that is taken stays one that can be read.
const maxInlined = 16 << 20

// inlineStyles puts the text of style sheets, as it was served, into the
// elements that refer to them, the way rrweb does: a player can then show
// hovering, and needs no network. It does so with the sheets that rrweb was not
// allowed to read, those of other origins, and with those that browsers can't
// write in full. sheet finds the text; an event without such an element, or one
// that can't be read, is returned as it is. Where the text gets too long in all,
// elements keep their reference: the sheet is among the assets.
func inlineStyles(event []byte, sheet func(url string) (text string, ok bool)) []byte {
	if !bytes.Contains(event, []byte(`"stylesheet"`)) && !bytes.Contains(event, []byte(`"`+sheetAddress+`"`)) {
		return event
	}
	changed := false
	left := maxInlined
	out, err := editAttributes(event, func(tag string, attributes jsontext.Value) (jsontext.Value, error) {
		if tag != "link" && tag != "" { // a mutation does not say it
			return attributes, nil
		}
		var a map[string]any
		if json.Unmarshal(attributes, &a) != nil {
			return attributes, nil //nolint:nilerr // 1e999 is JSON, and no number of Go's
		}
		address, lossy := a[sheetAddress].(string)
		if !lossy {
			address = pending(tag, a)
		}
		var text json.RawMessage
		ok := false
		if address != "" && left > 0 {
			text, ok = quoted(sheet(address))
			left -= len(text)
			ok = ok && left >= 0 // the first that is too much is the last that is read
		}
		if !lossy && !ok {
			return attributes, nil
		}
		delete(a, sheetAddress)
		if ok {
			delete(a, "rel")
			delete(a, "href")
			a["_cssText"] = text
		}
		changed = true
		return unescaped(a)
	})
	if err != nil || !changed {
		return event
	}
	return out
}

// quoted is a text as a JSON string.
func quoted(text string, ok bool) (json.RawMessage, bool) {
	if !ok {
		return nil, false
	}
	out, err := unescaped(text)
	return json.RawMessage(out), err == nil
}

// unescaped writes JSON without the escapes that it needs in HTML only: style
// sheets are full of them.
func unescaped(v any) (jsontext.Value, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("write attributes: %w", err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// pending is the address of the style sheet of a link without its text, if it
// is one that applies.
func pending(tag string, attributes map[string]any) string {
	rel, _ := attributes["rel"].(string)
	href, _ := attributes["href"].(string)
	_, done := attributes["_cssText"]
	_, disabled := attributes["disabled"]
	if tag != "link" || !strings.EqualFold(rel, "stylesheet") || done || disabled {
		return ""
	}
	return href
}
