package recorder

import (
	"io"
	"time"
)

// answers are what an archive holds, by URL and in the order of time.
type answers struct {
	archive *Archive
	byURL   map[string][]Archived
}

// readAnswers reads an archive's list; there is nothing in a nil one.
func readAnswers(archive *Archive) (answers, error) {
	a := answers{archive: archive, byURL: map[string][]Archived{}}
	if archive == nil {
		return a, nil
	}
	list, err := archive.List()
	if err != nil {
		return a, err
	}
	for _, e := range list {
		a.byURL[e.URL] = append(a.byURL[e.URL], e)
	}
	return a, nil
}

// of is what was answered for a URL, as an event or a style sheet names it.
func (a answers) of(url string) []Archived {
	if a.archive != nil {
		url = a.archive.redactor.URL(url)
	}
	return a.byURL[url]
}

// at is what was answered for a URL last at a time or, if nothing was, first
// after it.
func (a answers) at(url string, t time.Time) (Archived, bool) {
	list := during(a.of(url), t, t)
	if len(list) == 0 {
		return Archived{}, false
	}
	return list[len(list)-1], true
}

// sheetAt returns a function that finds the text of style sheets as they were
// at a time, with what a level lets out of it.
func (a answers) sheetAt(t time.Time, level Level) func(url string) (text string, ok bool) {
	return func(url string) (string, bool) {
		e, ok := a.at(url, t)
		if !ok || !isStyle(e.Type) {
			return "", false
		}
		body, err := a.archive.Open(e.Hash)
		if err != nil {
			return "", false
		}
		defer func() { _ = body.Close() }()
		text, err := io.ReadAll(body)
		text = absoluteStyle(e.base(), text)
		if level == Strict {
			text = withoutPictures(text)
		}
		return a.archive.redactor.String(string(text)), err == nil
	}
}
