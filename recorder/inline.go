package recorder

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// inlineStyles puts the text of style sheets that rrweb was not allowed to
// read, those of other origins, into the elements that refer to them, the way
// rrweb does with the others: a player can then show hovering, and needs no
// network. sheet finds what was served; an event without such an element is
// returned as it is.
func inlineStyles(event []byte, sheet func(url string) (text []byte, base string, ok bool)) ([]byte, error) {
	if !bytes.Contains(event, []byte(`"stylesheet"`)) {
		return event, nil
	}
	changed := false
	out, err := editAttributes(event, func(tag string, attributes jsontext.Value) (jsontext.Value, error) {
		if tag != "link" {
			return attributes, nil
		}
		var a map[string]any
		if err := json.Unmarshal(attributes, &a); err != nil {
			return nil, fmt.Errorf("read attributes: %w", err)
		}
		rel, _ := a["rel"].(string)
		href, _ := a["href"].(string)
		_, done := a["_cssText"]
		_, disabled := a["disabled"]
		if !strings.EqualFold(rel, "stylesheet") || href == "" || done || disabled {
			return attributes, nil
		}
		text, base, ok := sheet(href)
		if !ok {
			return attributes, nil
		}
		delete(a, "rel")
		delete(a, "href")
		a["_cssText"] = string(absoluteStyle(base, text))
		changed = true
		return json.Marshal(a)
	})
	if err != nil || !changed {
		return event, err
	}
	return out, nil
}
