package visitor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/proto"

	"github.com/reelay/reelay/recorder/visitor/js"
)

// preferFirst is how long only the best selector counts: its element may
// still be on its way while a vaguer one already meets another.
const preferFirst = 400 * time.Millisecond

// frame is a document of a tab. owner is the element that it is in and parent
// that element's own frame; both are nil for the tab's top document.
type frame struct {
	page   *rod.Page
	owner  *rod.Element
	parent *frame
}

// frameOf walks down to the frame with the given path of child indexes.
func frameOf(page *rod.Page, path []int) (frame, error) {
	at := frame{page: page}
	for _, index := range path {
		parent := at
		at.parent = &parent
		tree, err := proto.PageGetFrameTree{}.Call(page)
		if err != nil {
			return frame{}, &busyError{err}
		}
		children := framesBelow(tree.FrameTree, at.page.FrameID)
		if index < 0 || index >= len(children) {
			return frame{}, &missingFrameError{path}
		}
		owner, err := proto.DOMGetFrameOwner{FrameID: children[index].Frame.ID}.Call(page)
		if err != nil {
			return frame{}, &busyError{err}
		}
		if at.owner, err = at.page.ElementFromNode(&proto.DOMNode{BackendNodeID: owner.BackendNodeID}); err != nil {
			return frame{}, &busyError{err}
		}
		if at.page, err = at.owner.Frame(); err != nil {
			return frame{}, &busyError{err}
		}
	}
	return at, nil
}

// origin is where the frame's viewport begins in the tab's.
func (f frame) origin() (point, error) {
	if f.owner == nil {
		return point{}, nil
	}
	answer, err := f.owner.Eval(js.Origin)
	if err != nil {
		return point{}, err
	}
	var own point
	if err := answer.Value.Unmarshal(&own); err != nil {
		return point{}, err
	}
	outer, err := f.parent.origin()
	return point{X: outer.X + own.X, Y: outer.Y + own.Y}, err
}

type missingFrameError struct{ path []int }

func (e *missingFrameError) Error() string { return fmt.Sprintf("no frame at %v", e.path) }

// framesBelow returns the children of a frame, anywhere in the tree.
func framesBelow(tree *proto.PageFrameTree, id proto.PageFrameID) []*proto.PageFrameTree {
	if tree.Frame.ID == id {
		return tree.ChildFrames
	}
	for _, child := range tree.ChildFrames {
		if found := framesBelow(child, id); found != nil {
			return found
		}
	}
	return nil
}

// query lists the elements that a selector finds now in a frame.
func query(page *rod.Page, selector Selector) (rod.Elements, error) {
	scopes := []*proto.RuntimeRemoteObject{nil}
	var found rod.Elements
	for _, part := range selector {
		found = nil
		for _, scope := range scopes {
			elements, err := queryPart(page, scope, part)
			if err != nil {
				return nil, err
			}
			found = append(found, elements...)
		}
		scopes = scopes[:0]
		for _, element := range found {
			scopes = append(scopes, element.Object)
		}
	}
	return found, nil
}

// queryPart lists what one part finds in scope; nil is the document.
func queryPart(page *rod.Page, scope *proto.RuntimeRemoteObject, part Part) (rod.Elements, error) {
	if part.Kind == SelectARIA {
		return queryARIA(page, scope, part)
	}
	call := rod.Eval(js.Find, part.Kind, part.Value)
	if scope != nil {
		call = call.This(scope)
	}
	elements, err := page.ElementsByJS(call)
	if _, thrown := errors.AsType[*rod.EvalError](err); thrown {
		return nil, fmt.Errorf("selector %s: %w", part, err)
	}
	if err != nil {
		return nil, &busyError{err}
	}
	return elements, nil
}

// queryARIA asks Chrome's own accessibility tree of the whole document, which
// looks into shadow trees but not up from inside one.
func queryARIA(page *rod.Page, scope *proto.RuntimeRemoteObject, part Part) (rod.Elements, error) {
	document, err := page.Evaluate(rod.Eval(`() => document`).ByObject())
	if err != nil {
		return nil, &busyError{err}
	}
	tree, err := proto.AccessibilityQueryAXTree{ObjectID: document.ObjectID, AccessibleName: part.Value, Role: part.Role}.Call(page)
	if err != nil {
		return nil, &busyError{err}
	}
	var found rod.Elements
	for _, node := range tree.Nodes {
		if node.Ignored || node.BackendDOMNodeID == 0 || isText(node) {
			continue
		}
		element, err := page.ElementFromNode(&proto.DOMNode{BackendNodeID: node.BackendDOMNodeID})
		if err != nil {
			return nil, &busyError{err}
		}
		if scope != nil {
			within, err := element.Eval(js.Within, scope)
			if err != nil {
				return nil, &busyError{err}
			}
			if !within.Value.Bool() {
				continue
			}
		}
		found = append(found, element)
	}
	return found, nil
}

// isText tells the leaves that only repeat their element's name.
func isText(node *proto.AccessibilityAXNode) bool {
	if node.Role == nil {
		return false
	}
	role := node.Role.Value.Str()
	return role == "StaticText" || role == "InlineTextBox"
}

// busyError says that a page could not answer just now, for example because it
// is being replaced; asking again may help.
type busyError struct{ err error }

func (e *busyError) Error() string { return "the page is busy: " + e.err.Error() }
func (e *busyError) Unwrap() error { return e.err }

// match is an element with the selector that found it, as measured then.
type match struct {
	element  *rod.Element
	selector Selector
	frame    frame
	measured
}

// finder tries a step's selectors in their order.
type finder struct {
	page   *rod.Page
	step   Step
	rounds int
}

// first returns the best element now, a visible one if there is one. It is nil
// if there is none; missing says so in words.
func (f *finder) first(ctx context.Context) (found *match, missing string, err error) {
	f.rounds++
	in, err := frameOf(f.page.Context(ctx), f.step.Frame)
	if err != nil {
		return nil, err.Error(), fatal(err)
	}
	selectors := f.step.Selectors
	if time.Duration(f.rounds)*pollEvery < preferFirst {
		selectors = selectors[:1]
	}
	for _, selector := range selectors {
		elements, err := query(in.page, selector)
		if err != nil {
			return nil, err.Error(), fatal(err)
		}
		for _, element := range elements {
			now, err := measure(element)
			if err != nil {
				continue // It went away between the two questions.
			}
			if found == nil || now.Visible {
				found = &match{element, selector, in, now}
			}
			if now.Visible {
				return found, "", nil
			}
		}
		if found != nil {
			return found, "", nil
		}
	}
	return nil, "no element matches", nil
}

// fatal drops the errors that asking again may cure.
func fatal(err error) error {
	var busy *busyError
	var noFrame *missingFrameError
	var gone *rod.ObjectNotFoundError
	if errors.As(err, &busy) || errors.As(err, &noFrame) || errors.As(err, &gone) {
		return nil
	}
	return err
}
