package redact

import (
	"encoding/binary"
	"slices"
	"strings"
	"sync"
)

// maxSecrets is how many values are remembered; the oldest go first.
const maxSecrets = 4096

// minSecret is the shortest value, in bytes, that is taken out wherever it
// turns up: shorter ones, such as "en" or "dark", are words of the page.
const minSecret = 8

// Secrets are the values that were seen where credentials travel. They stay in
// memory. The zero value is not usable; call NewSecrets.
type Secrets struct {
	mu    sync.RWMutex
	index map[uint64][]string // by their first eight bytes
	order []string
}

// NewSecrets returns an empty set.
func NewSecrets() *Secrets { return &Secrets{index: map[uint64][]string{}} }

// Add remembers a value, unless it is so short or so plain that it is no
// credential.
func (s *Secrets) Add(value string) {
	if !credential(value) {
		return
	}
	head := prefix(value)
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Contains(s.index[head], value) {
		return
	}
	s.index[head] = append(s.index[head], value)
	s.order = append(s.order, value)
	if len(s.order) > maxSecrets {
		s.forget(s.order[0])
		s.order = s.order[1:]
	}
}

func (s *Secrets) forget(value string) {
	head := prefix(value)
	kept := slices.DeleteFunc(s.index[head], func(v string) bool { return v == value })
	if len(kept) == 0 {
		delete(s.index, head)
	} else {
		s.index[head] = kept
	}
}

// credential reports whether a value can be one: long, or a mixture of letters
// and digits.
func credential(v string) bool {
	if len(v) < minSecret || len(v) > 8<<10 {
		return false
	}
	return len(v) >= 20 || strings.ContainsAny(v, "0123456789") &&
		strings.ContainsFunc(v, func(r rune) bool { return r|0x20 >= 'a' && r|0x20 <= 'z' })
}

func prefix(v string) uint64 { return binary.LittleEndian.Uint64([]byte(v[:minSecret])) }

// replace puts Mask in the place of every secret in text.
func (s *Secrets) replace(text string) string {
	if len(text) < minSecret {
		return text
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if len(s.order) == 0 {
		return text
	}
	var b strings.Builder
	last := 0
	var window uint64
	for i := range len(text) {
		// window holds the eight bytes that end at i, the first the lowest.
		window = window>>8 | uint64(text[i])<<56
		start := i - minSecret + 1
		if start < last {
			continue
		}
		if n := longest(s.index[window], text[start:]); n > 0 {
			b.WriteString(text[last:start])
			b.WriteString(Mask)
			last = start + n
		}
	}
	if last == 0 {
		return text
	}
	b.WriteString(text[last:])
	return b.String()
}

func longest(values []string, text string) int {
	n := 0
	for _, v := range values {
		if len(v) > n && strings.HasPrefix(text, v) {
			n = len(v)
		}
	}
	return n
}
