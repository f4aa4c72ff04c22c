package session

import "time"

// Action says what a person did, or what befell the page.
type Action string

// The actions that make a step. What events alone tell of a changed form
// control is ActionChange; the control itself says which of the next four it
// was.
const (
	ActionNavigate    Action = "navigation"
	ActionClick       Action = "click"
	ActionTap         Action = "tap"
	ActionDoubleClick Action = "double_click"
	ActionRageClick   Action = "rage_click"
	ActionRightClick  Action = "right_click"
	ActionChange      Action = "change"
	ActionType        Action = "type"
	ActionSelect      Action = "select"
	ActionCheck       Action = "checkbox"
	ActionSet         Action = "set"
	ActionSubmit      Action = "submit"
	ActionScroll      Action = "scroll"
	ActionError       Action = "error"

	// ActionNone stands for a recording in which nobody did anything.
	ActionNone Action = "none"
)

// Act is one thing that a person did, or that befell the page, as far as the
// events alone tell: gestures are merged, elements are node ids.
type Act struct {
	Action Action
	At     time.Duration // when it began
	End    time.Duration // when it was over

	// Event is the index of the act's first event: the page as the person saw
	// it is what the events before it make. After is the index of the first
	// event that has no part in the act.
	Event, After int

	Stream, Node int
	X, Y         float64 // CSS pixels in the viewport of the node's document, if Pointed
	Pointed      bool
	Touch        bool
	Keyboard     bool // a button that was pressed by key
	Count        int  // of clicks, of the same error

	Text    string // typed, chosen or, of an error, its message
	Checked bool
	Submits bool // it sent a form

	URL    string // of the page
	To     string // the address that it led to, or that was gone to
	Reload bool   // To is the page itself
	First  bool   // the recording's first page

	DX, DY float64 // distance scrolled, in CSS pixels
	ScrollX,
	ScrollY float64 // where to
}

// Point is a place in a page's viewport, in CSS pixels.
type Point struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

// Box is a rectangle in a page's viewport, in CSS pixels.
type Box struct {
	X      float64 `json:"x"`
	Y      float64 `json:"y"`
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
}

// Control is what a form control takes.
type Control string

// The controls. NoControl is everything that is none.
const (
	NoControl       Control = ""
	TextControl     Control = "text"
	SelectControl   Control = "select"
	CheckboxControl Control = "checkbox"
	RadioControl    Control = "radio"
	FileControl     Control = "file"
	ValueControl    Control = "value" // a range, date, colour
)

// Element is what only a rebuilt page knows of an act's target.
type Element struct {
	Found  bool
	Name   string // what a person would call it; empty if it has no name
	Role   string // ARIA role, or the tag
	Type   string // of an input: "email"
	Fills  string // what browsers fill in, as autocomplete says: "cc-number"
	Option string // the words of the option that is chosen

	Control Control
	Secret  bool // its value must not be repeated

	// Selectors find it again, the best first; each is a path through shadow
	// trees. Frame is the path of child frames to its document.
	Selectors [][]string
	Frame     []int

	Box   *Box   // nil if it is not shown
	Point *Point // the act's place in the page's viewport
	Title string // of the page
}

// Step is an act that was told to the end: one line of the steps to reproduce.
type Step struct {
	Number int     `json:"number"` // from 1
	TimeMS int64   `json:"time_ms"`
	Page   string  `json:"page"` // address
	Title  string  `json:"page_title,omitzero"`
	Action Action  `json:"action"`
	Label  string  `json:"label"` // what a person would call the target
	Role   string  `json:"role,omitzero"`
	Select string  `json:"selector"` // the shortest; Selectors has more
	Box    *Box    `json:"box"`
	Point  *Point  `json:"point"`
	Image  *string `json:"image"` // file name

	Caption   string     `json:"caption"`
	Value     string     `json:"value,omitzero"`
	Masked    bool       `json:"masked,omitzero"`
	Count     int        `json:"count,omitzero"`
	To        string     `json:"leads_to,omitzero"`
	Selectors [][]string `json:"selectors,omitzero"`

	Act     Act     `json:"-"`
	Element Element `json:"-"`
}

// NewStep words an act with what the page knows of its target.
func NewStep(number int, a Act, el Element) Step {
	a.Action = resolve(a, el)
	s := Step{
		Number: number, TimeMS: a.At.Milliseconds(), Page: a.URL, Title: title(el), Action: a.Action,
		Box: el.Box, Point: el.Point, Role: el.Role, Selectors: el.Selectors, Act: a, Element: el, To: a.To,
	}
	if a.Count > 1 {
		s.Count = a.Count
	}
	s.Select = shortest(el.Selectors)
	s.Label = label(el, s.Select)
	s.Value, s.Masked = value(a, el)
	s.Caption = caption(s)
	return s
}

// title is the page's, unless it is masked.
func title(el Element) string {
	if IsMask(el.Title) {
		return ""
	}
	return oneLine(el.Title, longestLabel)
}

// resolve finds out what events left open.
func resolve(a Act, el Element) Action {
	switch a.Action {
	case ActionChange:
		switch el.Control {
		case SelectControl:
			return ActionSelect
		case CheckboxControl, RadioControl:
			return ActionCheck
		case FileControl, ValueControl:
			return ActionSet
		case TextControl, NoControl:
		}
		return ActionType
	case ActionRageClick:
		// Fast clicks are what some things are for.
		if el.Control == TextControl || isStepper(el.Name) {
			return ActionClick
		}
	default:
	}
	return a.Action
}

// shortest is the selector that a person would put into a ticket: a path in
// CSS if there is one.
func shortest(selectors [][]string) string {
	best := ""
	for _, path := range selectors {
		text := joinSelector(path)
		if best == "" || !hasPrefixes(text) && (hasPrefixes(best) || len(text) < len(best)) {
			best = text
		}
	}
	return best
}

// Limits of a story, against recordings that go on for ever.
const (
	mostActs     = 20_000
	mostLines    = 200
	longestText  = 500 // runes of what was typed, of a message
	longestLabel = 200 // runes of a name
)

// Targeted says whether the act was aimed at an element.
func (a *Act) Targeted() bool {
	switch a.Action {
	case ActionNavigate, ActionScroll, ActionError, ActionNone:
		return false
	default:
		return true
	}
}
