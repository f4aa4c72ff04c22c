package session

import "time"

// InputState is the data of an Input: what a form control shows.
type InputState struct {
	ID        int // node
	Text      string
	IsChecked bool

	// UserTriggered tells typing from scripts; only recordings made with
	// userTriggeredOnInput have it.
	UserTriggered bool
}

// DecodeInput decodes an Input.
func DecodeInput(e Event) (InputState, error) {
	d, err := decodePayload[struct {
		ID            int    `json:"id"`
		Text          string `json:"text"`
		IsChecked     bool   `json:"isChecked"`
		UserTriggered bool   `json:"userTriggered"`
	}](e, "input", Incremental, Input)
	return InputState(d), err
}

// MediaAction says what happened to a media element (@rrweb/types, enum
// MediaInteractions).
type MediaAction int

// The media interactions that rrweb defines.
const (
	MediaPlay MediaAction = iota
	MediaPause
	MediaSeeked
	MediaVolumeChange
	MediaRateChange
)

// MediaState is the data of a MediaInteraction.
type MediaState struct {
	Action      MediaAction
	ID          int           // node
	CurrentTime time.Duration // of the medium; 0 where the recorder does not tell
	Rate        float64       // 1 is normal speed, also where the recorder does not tell
	Loop        bool
}

// DecodeMedia decodes a MediaInteraction.
func DecodeMedia(e Event) (MediaState, error) {
	d, err := decodePayload[struct {
		Type        int      `json:"type"`
		ID          int      `json:"id"`
		CurrentTime float64  `json:"currentTime"`
		Rate        *float64 `json:"playbackRate"`
		Loop        bool     `json:"loop"`
	}](e, "media interaction", Incremental, MediaInteraction)
	m := MediaState{
		Action:      MediaAction(d.Type),
		ID:          d.ID,
		CurrentTime: time.Duration(bounded(d.CurrentTime) * float64(time.Second)),
		Rate:        1,
		Loop:        d.Loop,
	}
	if d.Rate != nil {
		m.Rate = bounded(*d.Rate)
	}
	return m, err
}
