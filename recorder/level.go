package recorder

import (
	"fmt"

	"github.com/reelay/reelay/recorder/redact"
)

// Level is how much of what people do and see is kept.
type Level string

// The levels of privacy.
const (
	// Standard masks every input, and personal data in text, attributes and
	// URLs by pattern.
	Standard Level = "standard"
	// Strict masks all text and images as well.
	Strict Level = "strict"
	// Open keeps everything but credentials. It is for sites with made-up
	// people.
	Open Level = "open"
)

// ParseLevel reads a level by its name.
func ParseLevel(name string) (Level, error) {
	switch l := Level(name); l {
	case Standard, Strict, Open:
		return l, nil
	}
	return "", fmt.Errorf("unknown level of privacy %q", name)
}

// laxer reports whether l keeps more than other. Nobody knows what an unknown
// level keeps.
func (l Level) laxer(other Level) bool { return l.laxness() > other.laxness() }

func (l Level) laxness() int {
	switch l {
	case Strict:
		return 0
	case Standard:
		return 1
	case Open:
	}
	return 2
}

// Scope is what is looked for at a level, to be taken out.
func (l Level) Scope() redact.Scope {
	if l == Open {
		return redact.Credentials
	}
	return redact.Personal
}
