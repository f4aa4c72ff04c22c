package timeline

import (
	"sort"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/reelay/reelay/session"
)

// motion is when transitions and animations of a stream's page began to move.
type motion struct {
	at     time.Duration
	stream int
}

// motionWait is how long after the change that causes it a transition may begin.
const motionWait = 100 * time.Millisecond

// motion notes when something began to move, from what the recorder tells after it.
func (r *reader) motion(e session.Event, payload []byte) {
	var told struct {
		Ago float64 `json:"ago"`
	}
	if json.Unmarshal(payload, &told) != nil || !(told.Ago >= 0 && told.Ago <= float64(oldest/time.Millisecond)) {
		return
	}
	at := e.Time - time.Duration(told.Ago*float64(time.Millisecond))
	r.tl.motions = append(r.tl.motions, motion{at: at, stream: e.Stream})
}

// Motion is when what is caused in a stream's page at session time t begins to
// move; false if the recorder told nothing of it.
func (tl *Timeline) Motion(t time.Duration, stream int) (time.Duration, bool) {
	next := sort.Search(len(tl.motions), func(i int) bool { return tl.motions[i].at >= t })
	for _, m := range tl.motions[next:] {
		if m.at > t+motionWait {
			break
		}
		if m.stream == stream {
			return m.at, true
		}
	}
	return 0, false
}
