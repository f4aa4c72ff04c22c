package session

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
)

// failure notes an error of the page. The same error again on the same page is
// counted.
func (s *storyteller) failure(w *window, i int, e Event, message string) {
	message = oneLine(strings.TrimPrefix(message, "Uncaught "), longestText)
	if message == "" {
		return
	}
	acts := s.story.Acts
	for k := len(acts) - 1; k >= 0 && len(acts)-k <= mostLines; k-- {
		a := &acts[k]
		if a.Action == ActionError && a.Stream == e.Stream && a.URL == w.url && a.Text == message {
			if e.Time-a.End > echoed { // the recorder and the console tell of the same
				a.Count++
			}
			a.End = e.Time
			return
		}
	}
	last, typing := w.last, w.typing
	a := s.add(w, Act{Action: ActionError, At: e.Time, End: e.Time, Event: i, After: i + 1, Stream: e.Stream, Text: message, Count: 1})
	if a.Action != "" {
		w.last, w.typing = last, typing // an error is nobody's act
	}
	s.line(Line{At: e.Time, Kind: ErrorLine, Text: message})
}

func (s *storyteller) line(l Line) {
	if n := len(s.story.Lines); n > 0 && s.story.Lines[n-1].Text == l.Text && l.At-s.story.Lines[n-1].At <= echoed {
		return
	}
	if l.Text != "" && len(s.story.Lines) < mostLines {
		s.story.Lines = append(s.story.Lines, l)
	}
}

// plugin takes in lines of the console and requests, as rrweb's plugins record
// them.
func (s *storyteller) plugin(w *window, i int, e Event, d PluginData) {
	switch d.Plugin {
	case "rrweb/console@1":
		s.console(w, i, e, d)
	case "rrweb/network@1":
		s.network(e, d)
	}
}

func (s *storyteller) console(w *window, i int, e Event, d PluginData) {
	var p struct {
		Level   string   `json:"level"`
		Payload []string `json:"payload"`
	}
	if json.Unmarshal(d.Payload, &p) != nil {
		return
	}
	words := make([]string, 0, len(p.Payload))
	for _, word := range p.Payload {
		words = append(words, strings.Trim(strings.ReplaceAll(word, `\n`, " "), `"`))
	}
	text := oneLine(strings.Join(words, " "), longestText)
	switch {
	case p.Level == "error" && strings.HasPrefix(text, "Uncaught "):
		s.failure(w, i, e, text)
	case p.Level == "error":
		s.line(Line{At: e.Time, Kind: ErrorLine, Text: text})
	case p.Level == "warn":
		s.line(Line{At: e.Time, Kind: WarningLine, Text: text})
	}
}

// network notes the requests that failed.
func (s *storyteller) network(e Event, d PluginData) {
	var p struct {
		Requests []struct {
			Name      string  `json:"name"`
			Method    string  `json:"method"`
			Status    float64 `json:"status"`
			Responded float64 `json:"responseStatus"`
		} `json:"requests"`
	}
	if json.Unmarshal(d.Payload, &p) != nil {
		return
	}
	for _, r := range p.Requests {
		status := max(r.Status, r.Responded)
		if status < 400 || status > 999 {
			continue
		}
		method := r.Method
		if method == "" {
			method = "GET"
		}
		s.line(Line{At: e.Time, Kind: RequestLine, Text: oneLine(fmt.Sprintf("%.0f %s %s", status, method, WithoutSecrets(r.Name)), longestText)})
	}
}
