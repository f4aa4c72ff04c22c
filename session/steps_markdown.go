package session

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// StepList is a story told to the end, for the files that people read.
type StepList struct {
	Steps       []Step
	Lines       []Line
	Environment Environment
	Ending      string // the title of the last page, else its address
	LeftOut     int    // steps that were not asked for
}

// WriteMarkdown writes the steps as a tester writes them into a ticket: one
// line each, the last one what went wrong. Steps with an image link to it.
func (l *StepList) WriteMarkdown(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "## Steps to reproduce\n\n")
	if about := l.About(); about != "" {
		fmt.Fprintf(out, "%s\n\n", escapeMarkdown(about))
	}
	for _, s := range l.Steps {
		if s.Number > 0 {
			fmt.Fprintf(out, "%d. ", s.Number)
		}
		fmt.Fprint(out, escapeMarkdown(s.Sentence()))
		if s.Image != nil {
			fmt.Fprintf(out, " ([picture](%s))", *s.Image)
		}
		fmt.Fprintln(out)
	}
	if l.told() {
		trouble, _ := l.Trouble()
		fmt.Fprintf(out, "%d. **What went wrong:** %s\n", len(l.Steps)+1, escapeMarkdown(trouble))
	}
	if l.LeftOut > 0 {
		fmt.Fprintf(out, "\n%d more steps are left out here.\n", l.LeftOut)
	}
	l.writeLines(out, "Console", ErrorLine, WarningLine)
	l.writeLines(out, "Failed requests", RequestLine)
	return out.Flush()
}

// told says whether there is a step at all, and not only a last page.
func (l *StepList) told() bool { return len(l.Steps) > 0 && l.Steps[0].Number > 0 }

func (l *StepList) writeLines(out io.Writer, title string, kinds ...LineKind) {
	var chosen []Line
	for _, line := range l.Lines {
		for _, kind := range kinds {
			if line.Kind == kind {
				chosen = append(chosen, line)
			}
		}
	}
	if len(chosen) == 0 {
		return
	}
	fmt.Fprintf(out, "\n### %s\n\n", title)
	for _, line := range chosen {
		fmt.Fprintf(out, "- %s, %s: `%s`\n", Clock(line.At), line.Kind, strings.ReplaceAll(line.Text, "`", "'"))
	}
}

// Sentence is the caption with what came of it, as a line of the list.
func (s Step) Sentence() string {
	text := s.Caption
	switch {
	case s.Action == ActionNavigate && s.Act.First:
		if s.Title != "" {
			text += " at " + ShortURL(s.To)
		}
	case s.Action == ActionNavigate && s.Title != "":
		text += " (" + ShortURL(s.To) + ")"
	case s.Action == ActionError && s.Count > 1:
		text += fmt.Sprintf(" (%d times)", s.Count)
	case s.To != "":
		text += ", which leads to " + ShortURL(s.To)
	}
	return text + "."
}

// Fact is one thing that is known of the place and time of a visit.
type Fact struct{ Name, Value string }

// Facts lists what the recording tells of where and when the visit was made.
func (l *StepList) Facts() []Fact {
	e := l.Environment
	var facts []Fact
	add := func(name, value string) {
		if value != "" {
			facts = append(facts, Fact{name, value})
		}
	}
	if !e.Start.IsZero() && e.Start.Year() > 1971 {
		add("Recorded", e.Start.Format("2 January 2006 at 15:04 MST"))
	}
	if e.UserAgent != "" {
		add("Browser", browserName(e.UserAgent))
	}
	if e.Viewport.Width > 0 {
		size := fmt.Sprintf("%d × %d", e.Viewport.Width, e.Viewport.Height)
		if e.Scale > 0 && e.Scale != 1 && e.Scale < 100 {
			size += fmt.Sprintf(" at %gx", e.Scale)
		}
		add("Window", size)
	}
	if e.Touch {
		add("Input", "touch")
	}
	add("Language", e.Language)
	add("Time zone", e.TimeZone)
	if e.Scheme == "dark" {
		add("Colours", "dark mode")
	}
	return facts
}

// About says in a line where and when the visit was made.
func (l *StepList) About() string {
	var parts []string
	for _, fact := range l.Facts() {
		if fact.Name == "Recorded" {
			fact.Value = "Recorded on " + fact.Value
		}
		parts = append(parts, fact.Value)
	}
	return strings.Join(parts, " · ")
}

// Trouble says what went wrong: the last error, else the last request that
// failed, else where patience was lost. If nothing did, it says so and wrong is
// false.
func (l *StepList) Trouble() (text string, wrong bool) {
	for _, s := range slices.Backward(l.Steps) {
		if s.Action == ActionError {
			return fmt.Sprintf("The page reports %s at %s (step %d).", inQuotes(s.Act.Text), Clock(s.Act.At), s.Number), true
		}
	}
	for _, line := range slices.Backward(l.Lines) {
		switch line.Kind {
		case RequestLine:
			return fmt.Sprintf("A request fails with %s at %s.", inQuotes(line.Text), Clock(line.At)), true
		case ErrorLine:
			return fmt.Sprintf("The console shows %s at %s.", inQuotes(line.Text), Clock(line.At)), true
		case WarningLine:
		}
	}
	for _, s := range slices.Backward(l.Steps) {
		if s.Action == ActionRageClick {
			return fmt.Sprintf("%s was clicked %d times in a row (step %d), as when nothing seems to happen.", s.subject(), s.Count, s.Number), true
		}
	}
	if l.Ending != "" {
		return "Nothing that the recording shows. It ends on " + l.Ending + ".", false
	}
	return "Nothing that the recording shows.", false
}

// subject names the step's target at the beginning of a sentence.
func (s Step) subject() string {
	text := target(s)
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

func inQuotes(text string) string { return "“" + cut(text, longestLabel) + "”" }

// Clock writes a time of the recording as 1:05, or 1:02:05 from an hour on.
func Clock(d time.Duration) string {
	seconds := int(d / time.Second)
	if seconds >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60)
	}
	return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
}

// browserName is browser and system of a user agent, for people.
func browserName(agent string) string {
	name := agent
	for _, known := range [...]struct{ token, name string }{
		{"Edg/", "Edge"},
		{"OPR/", "Opera"},
		{"Firefox/", "Firefox"},
		{"FxiOS/", "Firefox"},
		{"CriOS/", "Chrome"},
		{"HeadlessChrome/", "Chrome"},
		{"Chrome/", "Chrome"},
		{"Version/", "Safari"},
	} {
		_, rest, ok := strings.Cut(agent, known.token)
		if !ok {
			continue
		}
		major, _, _ := strings.Cut(rest, ".")
		name = known.name + " " + oneLine(major, 8)
		break
	}
	for _, known := range [...]struct{ token, name string }{
		{"Windows", "Windows"},
		{"iPhone", "iPhone"},
		{"iPad", "iPad"},
		{"Android", "Android"},
		{"CrOS", "ChromeOS"},
		{"Mac OS X", "macOS"},
		{"Linux", "Linux"},
	} {
		if strings.Contains(agent, known.token) && name != agent {
			return name + " on " + known.name
		}
	}
	return cut(name, longestQuote)
}

// escapeMarkdown keeps recorded text from being read as markup, or as the
// mention of a person or ticket.
func escapeMarkdown(text string) string {
	var b strings.Builder
	last := ' '
	for _, r := range text {
		switch r {
		case '\\', '`', '*', '_', '[', ']', '<', '>', '|', '~', '#':
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		if r == '@' && !unicode.IsLetter(last) && !unicode.IsDigit(last) {
			b.WriteRune('\u2060') // no name begins with a word joiner
		}
		last = r
	}
	return b.String()
}
