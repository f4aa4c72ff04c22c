package session

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

const (
	hintDeep = "pages of up to 512 levels of elements can be rendered"
	hintBig  = "pages of up to 200,000 elements can be rendered"
)

// measure ends the read at data that no browser could show.
func (w *walker) measure(canon []byte) error {
	if len(canon) <= w.lim.depth && len(canon) <= w.lim.nodes {
		return nil // most events are too short to hold that much
	}
	depth, nodes := measure(canon)
	switch {
	case depth > w.lim.depth:
		return w.out.unusable(w.place(), fmt.Sprintf("an event is nested %d levels deep", depth), hintDeep)
	case nodes > w.lim.nodes:
		return w.out.unusable(w.place(), fmt.Sprintf("an event brings %d DOM nodes", nodes), hintBig)
	}
	return nil
}

// tooDeep makes the end of the read of a syntax error that is due to nesting:
// the parser gives up at 10,000 levels.
func (w *walker) tooDeep(err error) error {
	if bad, ok := errors.AsType[*jsontext.SyntacticError](err); ok && strings.Count(string(bad.JSONPointer), "/") > w.lim.depth {
		return w.out.unusable(w.place(), "an event is nested too deep", hintDeep)
	}
	return nil
}

// measure returns how deep canonical JSON is nested, and how many of its
// objects have a numeric type, as rrweb's DOM nodes have.
func measure(canon []byte) (depth, nodes int) {
	level := 0
	for i := 0; i < len(canon); i++ {
		switch canon[i] {
		case '{', '[':
			level++
			depth = max(depth, level)
		case '}', ']':
			level--
		case '"':
			rest := canon[i:]
			const key = `"type":`
			if len(rest) > len(key) && string(rest[:len(key)]) == key && rest[len(key)] >= '0' && rest[len(key)] <= '9' {
				nodes++
			}
			i += stringLen(rest) - 1
		}
	}
	return depth, nodes
}

// stringLen is the length, quotes included, of the JSON string that b begins with.
func stringLen(b []byte) int {
	for end := 1; ; end++ {
		n := bytes.IndexByte(b[end:], '"')
		if n < 0 {
			return len(b)
		}
		end += n
		escapes := 0
		for b[end-1-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return end + 1
		}
	}
}
