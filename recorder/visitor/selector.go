package visitor

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// SelectorKind says how a Part finds elements.
type SelectorKind string

// The kinds that the Chrome DevTools Recorder writes.
const (
	SelectCSS    SelectorKind = "css"
	SelectARIA   SelectorKind = "aria"
	SelectText   SelectorKind = "text"
	SelectXPath  SelectorKind = "xpath"
	SelectPierce SelectorKind = "pierce"
)

// Part is one link of a Selector.
type Part struct {
	Kind SelectorKind
	// Value is the CSS selector, accessible name, text or XPath expression.
	Value string
	// Role narrows SelectARIA, "" does not.
	Role string
}

// Selector finds an element. Each part after the first looks inside what the
// part before it found: in its shadow tree, if it has one.
type Selector []Part

// maxSelector bounds the length of one selector part in bytes.
const maxSelector = 8 << 10

var errEmptySelector = errors.New("selector is empty")

// UnmarshalJSON reads the recorder's two forms: "#buy" and
// ["shop-cart", "aria/Buy"].
func (s *Selector) UnmarshalJSON(data []byte) error {
	var texts []string
	if len(data) > 0 && data[0] == '"' {
		texts = make([]string, 1)
		if err := json.Unmarshal(data, &texts[0]); err != nil {
			return fmt.Errorf("read selector: %w", err)
		}
	} else if err := json.Unmarshal(data, &texts); err != nil {
		return fmt.Errorf("selector is neither a string nor a list of strings: %w", err)
	}
	if len(texts) == 0 {
		return errEmptySelector
	}
	parts := make(Selector, len(texts))
	for i, text := range texts {
		part, err := parsePart(text)
		if err != nil {
			return err
		}
		parts[i] = part
	}
	*s = parts
	return nil
}

// MarshalJSON writes what UnmarshalJSON reads.
func (s Selector) MarshalJSON() ([]byte, error) {
	texts := make([]string, len(s))
	for i, part := range s {
		texts[i] = part.String()
	}
	return json.Marshal(texts)
}

// String joins the parts as a person would read them.
func (s Selector) String() string {
	texts := make([]string, len(s))
	for i, part := range s {
		texts[i] = part.String()
	}
	return strings.Join(texts, " >> ")
}

// String is the recorder's notation of the part.
func (p Part) String() string {
	switch p.Kind {
	case SelectCSS:
		return p.Value
	case SelectARIA:
		if p.Role != "" {
			return fmt.Sprintf("aria/%s[role=%q]", p.Value, p.Role)
		}
		return "aria/" + p.Value
	case SelectText, SelectXPath, SelectPierce:
		return string(p.Kind) + "/" + p.Value
	default:
		return p.Value
	}
}

func parsePart(text string) (Part, error) {
	if len(text) > maxSelector {
		return Part{}, fmt.Errorf("selector of %d bytes is longer than %d", len(text), maxSelector)
	}
	part := Part{Kind: SelectCSS, Value: text}
	for _, kind := range []SelectorKind{SelectARIA, SelectText, SelectXPath, SelectPierce} {
		if rest, ok := strings.CutPrefix(text, string(kind)+"/"); ok {
			part = Part{Kind: kind, Value: rest}
		}
	}
	if part.Kind == SelectARIA {
		return parseARIA(part.Value)
	}
	if strings.TrimSpace(part.Value) == "" {
		return Part{}, errEmptySelector
	}
	return part, nil
}

// parseARIA reads `Name[role="button"]`; either may be missing.
func parseARIA(text string) (Part, error) {
	// Compiled per call: journeys are short and the package keeps no globals.
	attribute := regexp.MustCompile(`\[\s*(name|role)\s*=\s*["']([^"']*)["']\s*\]$`)
	part := Part{Kind: SelectARIA}
	rest := text
	for {
		found := attribute.FindStringSubmatch(rest)
		if found == nil {
			break
		}
		rest = strings.TrimSuffix(rest, found[0])
		if found[1] == "role" {
			part.Role = found[2]
		} else {
			part.Value = found[2]
		}
	}
	if name := strings.Join(strings.Fields(rest), " "); name != "" {
		part.Value = name
	}
	if part.Value == "" && part.Role == "" {
		return Part{}, errEmptySelector
	}
	return part, nil
}
