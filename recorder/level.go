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

// Scope is what is looked for at a level, to be taken out.
func (l Level) Scope() redact.Scope {
	if l == Open {
		return redact.Credentials
	}
	return redact.Personal
}
