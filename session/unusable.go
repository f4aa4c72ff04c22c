package session

import "strings"

// UnusableError says why no clip can be made of a recording. The fault is in
// the recording: the same bytes always give the same error.
type UnusableError struct {
	Source string // name of the part
	Place  string // where in the part, such as "byte 1093"; may be empty
	Reason string
	Hint   string // what the person can do about it
}

// Error names the part, the place and the reason; the hint is left to the caller.
func (e *UnusableError) Error() string {
	var s strings.Builder
	if e.Source != "" {
		s.WriteString(e.Source + ": ")
	}
	if e.Place != "" {
		s.WriteString(e.Place + ": ")
	}
	s.WriteString(e.Reason)
	return s.String()
}
