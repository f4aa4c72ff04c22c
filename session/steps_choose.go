package session

import (
	"slices"
	"time"
)

// Kind groups the actions as a person asks for them.
type Kind string

// The kinds.
const (
	Clicks     Kind = "clicks"
	Inputs     Kind = "inputs"
	Submits    Kind = "submits"
	Scrolls    Kind = "scrolls"
	Navigation Kind = "navigation"
	Errors     Kind = "errors"
)

// Kind is the group that the act belongs to.
func (a *Act) Kind() Kind {
	switch a.Action {
	case ActionClick, ActionTap, ActionDoubleClick, ActionRageClick, ActionRightClick:
		return Clicks
	case ActionChange, ActionType, ActionSelect, ActionCheck, ActionSet:
		return Inputs
	case ActionSubmit:
		return Submits
	case ActionScroll:
		return Scrolls
	case ActionError:
		return Errors
	case ActionNavigate, ActionNone:
	}
	return Navigation
}

// Choice says which acts are wanted.
type Choice struct {
	From, To time.Duration // To 0 is the end
	Only     []Kind        // none: all
	Most     int           // 0: all
}

// Choose picks acts, in their order. Of more than the most it keeps those that
// tell the most.
func (c Choice) Choose(acts []Act) []Act {
	var chosen []Act
	for _, a := range acts {
		inRange := a.End >= c.From && (c.To == 0 || a.At <= c.To)
		if inRange && (len(c.Only) == 0 || slices.Contains(c.Only, a.Kind())) {
			chosen = append(chosen, a)
		}
	}
	if c.Most == 0 {
		return chosen
	}
	telling := Telling(chosen, c.Most)
	kept := make([]Act, len(telling))
	for k, i := range telling {
		kept[k] = chosen[i]
	}
	return kept
}

// Telling returns the indexes of the acts that tell the most, in order, and not
// more than most.
func Telling(acts []Act, most int) []int {
	ranked, weights := make([]int, len(acts)), make([]int, len(acts))
	for i := range ranked {
		ranked[i], weights[i] = i, acts[i].weight()
		if i+1 < len(acts) && acts[i].Kind() == Inputs && acts[i+1].Kind() == Inputs {
			weights[i] = 2 // of a form that is filled in, the last field shows all
		}
	}
	if len(ranked) <= most {
		return ranked
	}
	// Of equals, those closer to the end: that is where things went wrong.
	slices.SortStableFunc(ranked, func(i, j int) int {
		if by := weights[j] - weights[i]; by != 0 {
			return by
		}
		return j - i
	})
	ranked = ranked[:most]
	slices.Sort(ranked)
	return ranked
}

// weight is how much an act tells of what happened.
func (a *Act) weight() int {
	switch a.Action {
	case ActionError:
		return 9
	case ActionRageClick:
		return 8
	case ActionSubmit:
		return 7
	case ActionNavigate:
		if a.First {
			return 7
		}
		return 3
	case ActionDoubleClick, ActionRightClick:
		return 5
	case ActionClick, ActionTap:
		if a.To != "" || a.Submits {
			return 6
		}
		return 4
	case ActionChange, ActionType, ActionSelect, ActionCheck, ActionSet:
		return 5
	case ActionScroll, ActionNone:
	}
	return 1
}
