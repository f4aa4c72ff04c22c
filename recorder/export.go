package recorder

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/reelay/reelay/session"
)

// ErrEmpty says that nothing was recorded in a session: its visitor left before
// the page was there.
var ErrEmpty = errors.New("session has no events")

// Export writes a session as a bundle: its events in order, in the recorder's
// time, the places where some are missing, and the assets that they need.
// archive may be nil. level is that of pages whose own is not known; the manifest
// has the laxest. A session without events is ErrEmpty.
func Export(j *Journal, archive *Archive, id string, level Level, w io.Writer) (session.Manifest, error) {
	out, err := session.NewBundleWriter(w)
	if err != nil {
		return session.Manifest{}, err
	}
	m := session.Manifest{Session: id}
	pages := map[string]int{} // indexes into m.Pages
	last := map[string]float64{}
	urls := newURLSet()
	answers, err := readAnswers(archive)
	if err != nil {
		return m, err
	}
	for item, err := range j.Items(id) {
		if err != nil {
			return m, err
		}
		if m.Started.IsZero() {
			m.Started = item.Received
		}
		m.Ended = item.Received
		if item.Level == "" {
			item.Level = level
		}
		if m.Level == "" || item.Level.laxer(Level(m.Level)) {
			m.Level = string(item.Level)
		}
		skew := skewOf(item.Skew)
		at, known := pages[item.Page]
		if !known {
			at = len(m.Pages)
			pages[item.Page] = at
			m.Pages = append(m.Pages, session.BundlePage{ID: item.Page, Tab: item.Tab, Skew: float64(skew.Milliseconds())})
		}
		event := item.Event
		if item.Lost > 0 {
			gap := session.BundleGap{Page: item.Page, Seq: item.Seq, Count: item.Lost, Reason: item.Reason}
			m.Gaps = append(m.Gaps, gap)
			if last[item.Page] == 0 {
				last[item.Page] = float64(item.Received.UnixMilli())
			}
			if event, err = gapEvent(gap, last[item.Page]); err != nil {
				return m, err
			}
		} else {
			event, last[item.Page] = shift(event, skew)
			m.Pages[at].Events++
			contextOf(&m.Context, event)
			event = inlineStyles(event, answers.sheetAt(item.Received, item.Level))
			urls.event(event)
		}
		if err := out.Event(item.Page, event); err != nil {
			return m, err
		}
	}
	if len(m.Pages) == 0 {
		return m, fmt.Errorf("export session %s: %w", id, ErrEmpty)
	}
	for _, p := range j.left(id) {
		if at, known := pages[p]; known {
			m.Pages[at].Left = true
		}
	}
	if err := exportAssets(out, answers, urls, &m); err != nil {
		return m, err
	}
	if err := out.Close(m); err != nil {
		return m, fmt.Errorf("export session %s: %w", id, err)
	}
	return m, nil
}

// gapEvent is what stands for lost events among those that are left: a custom
// event at the time of the one before.
func gapEvent(gap session.BundleGap, at float64) ([]byte, error) {
	type payload struct {
		Count  uint64 `json:"count"`
		Reason string `json:"reason"`
	}
	type data struct {
		Tag     string  `json:"tag"`
		Payload payload `json:"payload"`
	}
	event, err := json.Marshal(struct {
		Type int     `json:"type"` // rrweb's custom event
		Data data    `json:"data"`
		At   float64 `json:"timestamp"`
	}{5, data{"reelay.gap", payload{gap.Count, gap.Reason}}, at})
	if err != nil {
		return nil, fmt.Errorf("export gap: %w", err)
	}
	return event, nil
}

// left lists the pages of a session that have said good-bye.
func (j *Journal) left(id string) []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	var out []string
	if s := j.sessions[id]; s != nil {
		for page, state := range s.pages {
			if state.left {
				out = append(out, page)
			}
		}
	}
	return out
}

// exportAssets adds what the session's events refer to, and what their style
// sheets refer to in turn.
func exportAssets(out *session.BundleWriter, answers answers, urls *urlSet, m *session.Manifest) error {
	written := map[string]bool{} // several URLs may be one without their secrets
	for url := range urls.all() {
		answered := during(answers.of(url), m.Started, m.Ended)
		if len(answered) == 0 || written[answered[0].URL] {
			continue
		}
		written[answered[0].URL] = true
		for _, a := range answered {
			if err := exportAsset(out, answers.archive, a, urls); err != nil {
				return err
			}
			m.Assets = append(m.Assets, session.BundleAsset{
				URL: a.URL, SHA256: a.Hash, Type: a.Type, Status: a.Status, Size: a.Size, At: time.UnixMilli(a.At).UTC(),
			})
		}
	}
	return nil
}

// during picks the answers that a session can have seen: those that came in
// its time and the last one before it, or, if there is none of these, the
// first one after it. The list is in the order of time.
func during(list []Archived, from, to time.Time) []Archived {
	first, end := 0, 0
	for i, a := range list {
		if a.At <= from.UnixMilli() {
			first = i
		}
		if a.At <= to.UnixMilli() {
			end = i + 1
		}
	}
	if end == 0 {
		return list[:min(1, len(list))]
	}
	return list[first:end]
}

func exportAsset(out *session.BundleWriter, archive *Archive, a Archived, urls *urlSet) error {
	body, err := archive.Open(a.Hash)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	var src io.Reader = body
	if isStyle(a.Type) {
		text, err := io.ReadAll(io.LimitReader(body, maxAsset))
		if err != nil {
			return fmt.Errorf("read asset: %w", err)
		}
		urls.style(a.base(), text)
		src = bytes.NewReader(text)
	}
	return out.Asset(a.Hash, src)
}
