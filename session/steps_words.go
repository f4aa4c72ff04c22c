package session

import (
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestQuote is how many runes of a name or text a caption repeats.
const longestQuote = 60

// mask is what stands for text that must not be repeated.
const mask = "•••••"

// caption says what was done, in one line for people.
func caption(s Step) string {
	a, it := s.Act, target(s)
	switch s.Action {
	case ActionNavigate:
		return captionNavigate(s)
	case ActionClick, ActionTap, ActionDoubleClick, ActionRageClick, ActionRightClick:
		return captionClick(s, it)
	case ActionType, ActionChange:
		switch {
		case s.Masked:
			return "Type " + mask + " into " + it
		case s.Value == "":
			return "Clear " + it
		}
		return "Type " + quote60(s.Value) + " into " + it
	case ActionSelect:
		if s.Masked || s.Value == "" {
			return "Choose an option in " + it
		}
		return "Choose " + quote60(s.Value) + " in " + it
	case ActionCheck:
		switch {
		case s.Element.Control == RadioControl:
			return "Choose " + it
		case a.Checked:
			return "Check " + it
		}
		return "Uncheck " + it
	case ActionSet:
		switch {
		case s.Element.Control == FileControl:
			return "Choose a file for " + it
		case s.Masked:
			return "Set " + it
		}
		return "Set " + it + " to " + quote60(s.Value)
	case ActionSubmit:
		return "Submit " + it
	case ActionScroll:
		return captionScroll(s, it)
	case ActionError:
		return "The page reports an error: " + quote60(a.Text)
	case ActionNone:
	}
	return "Nobody did anything: the last page of the recording"
}

func captionNavigate(s Step) string {
	page := PageName(s.Title, s.Act.To)
	switch {
	case s.Act.First:
		return "Open " + page
	case s.Act.Reload:
		return "Reload " + page
	}
	return "Go to " + page
}

func captionClick(s Step, it string) string {
	switch {
	case s.Act.Keyboard:
		return "Press " + it + " with the keyboard"
	case s.Action == ActionTap && s.Count > 1:
		return fmt.Sprintf("Tap %s %d times", it, s.Count)
	case s.Action == ActionTap:
		return "Tap " + it
	case s.Action == ActionRightClick && s.Act.Touch:
		return "Press and hold " + it
	case s.Action == ActionRightClick:
		return "Right-click " + it
	case s.Action == ActionDoubleClick:
		return "Double-click " + it
	case s.Action == ActionRageClick:
		return fmt.Sprintf("Rage-click %s: %d clicks in %.1f s", it, s.Count, (s.Act.End - s.Act.At).Seconds())
	case s.Count > 1:
		return fmt.Sprintf("Click %s %d times", it, s.Count)
	}
	return "Click " + it
}

func captionScroll(s Step, it string) string {
	way := "down"
	switch {
	case math.Abs(s.Act.DX) > math.Abs(s.Act.DY) && s.Act.DX > 0:
		way = "right"
	case math.Abs(s.Act.DX) > math.Abs(s.Act.DY):
		way = "left"
	case s.Act.DY < 0:
		way = "up"
	}
	if s.Element.Name == "" {
		return fmt.Sprintf("Scroll %s by %.0f px", way, max(math.Abs(s.Act.DX), math.Abs(s.Act.DY)))
	}
	return "Scroll " + way + " to " + it
}

// target names what was acted on, as a part of a sentence.
func target(s Step) string {
	switch {
	case s.Element.Name != "":
		return quote60(withoutSigns(s.Label))
	case !s.Element.Found && s.Act.Pointed && s.Point != nil:
		return fmt.Sprintf("at (%.0f, %.0f)", s.Point.X, s.Point.Y)
	case s.Action == ActionSubmit:
		return "the form"
	case s.Label == "":
		return "something"
	}
	if utf8.RuneCountInString(s.Label) > longestQuote {
		return "the " + roleWord(s.Element.Role) // a selector that is cut finds nothing
	}
	return "the " + s.Label
}

// withoutSigns leaves the signs at a name's end to the page: the arrow of a link, the
// plus of a fold.
func withoutSigns(name string) string {
	short := strings.TrimRightFunc(name, func(r rune) bool {
		return unicode.IsSymbol(r) || unicode.IsSpace(r) || strings.ContainsRune("›»‹«*", r)
	})
	cutOff := strings.TrimSpace(strings.TrimPrefix(name, short))
	if short == "" || cutOff == "" || !strings.HasPrefix(strings.TrimPrefix(name, short), " ") {
		return name
	}
	return short
}

// label is what a person would call the element: its name, else its role and
// where it is.
func label(el Element, selector string) string {
	switch {
	case el.Name != "":
		return unmasked(oneLine(el.Name, longestLabel))
	case !el.Found:
		return ""
	case roleWord(el.Role) == "page":
		return "page"
	case selector != "" && selector != el.Role:
		return strings.TrimSpace(roleWord(el.Role) + " (" + oneLine(selector, longestLabel) + ")")
	}
	return roleWord(el.Role)
}

// roleWord is a role in a person's words.
func roleWord(role string) string {
	switch role {
	case "", "generic", "none", "presentation", "div", "span":
		return "area"
	case "document", "html", "body":
		return "page"
	case "img":
		return "picture"
	case "textbox", "searchbox":
		return "text field"
	case "combobox", "listbox":
		return "list"
	case "paragraph", "p":
		return "text"
	case "tr":
		return "row"
	case "td", "th":
		return "cell"
	case "li", "listitem":
		return "list item"
	case "svg", "path", "canvas":
		return "drawing"
	}
	return oneLine(role, longestQuote)
}

// value is what was entered, in words, and whether it is hidden.
func value(a Act, el Element) (text string, masked bool) {
	switch a.Action {
	case ActionType, ActionSet, ActionSelect:
	case ActionNavigate, ActionClick, ActionTap, ActionDoubleClick, ActionRageClick, ActionRightClick, ActionChange,
		ActionCheck, ActionSubmit, ActionScroll, ActionError, ActionNone:
		return "", false
	}
	text = oneLine(a.Text, longestText)
	if el.Secret && text != "" || IsMask(text) {
		return "", true
	}
	if a.Action == ActionSelect && el.Option != "" {
		return oneLine(el.Option, longestLabel), IsMask(el.Option)
	}
	return text, false
}

// IsMask says whether text is a mask, * or • for each character or for all, and
// so tells nobody anything.
func IsMask(text string) bool {
	return text != "" && strings.Trim(text, "*• ") == ""
}

// unmasked leaves a mask in a label as one of the same length everywhere.
func unmasked(text string) string {
	if IsMask(text) {
		return mask
	}
	return text
}

// isStepper tells the names of buttons that are made for being pressed
// repeatedly.
func isStepper(name string) bool {
	name = strings.ToLower(strings.TrimSpace(name))
	if name == "" {
		return false
	}
	if strings.Trim(name, "+-−–<>‹›«»←→↑↓▲▼◀▶⏮⏭ ") == "" {
		return true
	}
	for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return !unicode.IsLetter(r) }) {
		switch word {
		case "next", "previous", "prev", "forward", "back", "more", "less", "fewer", "plus", "minus",
			"increase", "decrease", "increment", "decrement", "up", "down", "undo", "redo", "zoom":
			return true
		}
	}
	return false
}

func quote60(text string) string { return "“" + cut(text, longestQuote) + "”" }

// cut shortens text to n runes, at a space if one is near.
func cut(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	short := string([]rune(text)[:n-1])
	if at := strings.LastIndexByte(short, ' '); at > len(short)*2/3 {
		short = short[:at]
	}
	return strings.TrimRight(short, " ,;:.") + "…"
}

// oneLine makes recorded text fit for a line: white space is one space, control
// characters and those that reorder their surroundings go, and no more than n
// runes stay.
func oneLine(text string, n int) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == unicode.ReplacementChar, r == '\u200b':
			return -1
		}
		return r
	}, bounds(text, n))
	return cut(strings.Join(strings.Fields(text), " "), n)
}

// bounds is so much of text as n runes and the white space between can take.
func bounds(text string, n int) string {
	most := 8 * n * utf8.UTFMax
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "")
}

// joinSelector writes a path through shadow trees as one text.
func joinSelector(path []string) string { return strings.Join(path, " >>> ") }

// hasPrefixes says whether a selector is one of the recorder's own kinds and
// not CSS.
func hasPrefixes(selector string) bool {
	for _, kind := range [...]string{"aria/", "text/", "pierce/", "xpath/"} {
		if strings.HasPrefix(selector, kind) {
			return true
		}
	}
	return false
}
