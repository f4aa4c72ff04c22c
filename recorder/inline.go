package recorder

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// sheetAddress is the attribute in which the script says where a link's style
// sheet comes from if the text that rrweb made of it has lost something.
const sheetAddress = "rr_href"

// inlineStyles puts the text of style sheets, as it was served, into the
// elements that refer to them, the way rrweb does: a player can then show
// hovering, and needs no network. It does so with the sheets that rrweb was not
// allowed to read, those of other origins, and with those that browsers can't
// write in full. sheet finds the text; an event without such an element, or one
// that can't be read, is returned as it is.
func inlineStyles(event []byte, sheet func(url string) (text string, ok bool)) []byte {
	if !bytes.Contains(event, []byte(`"stylesheet"`)) && !bytes.Contains(event, []byte(`"`+sheetAddress+`"`)) {
		return event
	}
	changed := false
	out, err := editAttributes(event, func(tag string, attributes jsontext.Value) (jsontext.Value, error) {
		if tag != "link" && tag != "" { // a mutation does not say it
			return attributes, nil
		}
		var a map[string]any
		if json.Unmarshal(attributes, &a) != nil { // 1e999 is JSON, and no number of Go's
			return attributes, nil
		}
		address, lossy := a[sheetAddress].(string)
		if !lossy {
			address = pending(tag, a)
		}
		text, ok := "", false
		if address != "" {
			text, ok = sheet(address)
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
		return json.Marshal(a)
	})
	if err != nil || !changed {
		return event
	}
	return out
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
