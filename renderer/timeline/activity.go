package timeline

import (
	"sort"
	"time"
)

// idleAfter is how long nothing has to happen before the session counts as idle.
const idleAfter = 2 * time.Second

// Idle says whether nothing has happened for a while at session time t.
func (tl *Timeline) Idle(t time.Duration) bool {
	i := sort.Search(len(tl.activity), func(i int) bool { return tl.activity[i] > t })
	return i > 0 && t-tl.activity[i-1] > idleAfter
}
