package recorder

import (
	"encoding/json"

	"github.com/reelay/reelay/session"
)

// contextOf adds what an event tells of the session to what is known. Only the
// first of a kind counts.
func contextOf(c *session.BundleContext, event []byte) {
	if c.URL != "" && c.UserAgent != "" {
		return
	}
	var e struct {
		Type int `json:"type"`
		Data struct {
			Href   string          `json:"href"`
			Width  int             `json:"width"`
			Height int             `json:"height"`
			Tag    string          `json:"tag"`
			Said   json.RawMessage `json:"payload"`
		} `json:"data"`
	}
	if json.Unmarshal(event, &e) != nil {
		return
	}
	const meta, custom = 4, 5 // rrweb's types of events
	switch {
	case e.Type == meta && c.URL == "":
		c.URL, c.Width, c.Height = e.Data.Href, e.Data.Width, e.Data.Height
	case e.Type == custom && e.Data.Tag == "reelay.env" && c.UserAgent == "":
		var env struct {
			DPR         float64 `json:"dpr"`
			ColorScheme string  `json:"colorScheme"`
			Language    string  `json:"language"`
			TimeZone    string  `json:"timeZone"`
			UserAgent   string  `json:"userAgent"`
		}
		if json.Unmarshal(e.Data.Said, &env) != nil {
			return
		}
		c.DPR, c.ColorScheme, c.Language, c.TimeZone, c.UserAgent = env.DPR, env.ColorScheme, env.Language, env.TimeZone, env.UserAgent
	}
}
