package session

import "time"

// MousePosition is one sample of a MouseMove, a TouchMove or a Drag.
type MousePosition struct {
	X, Y       float64       // CSS pixels in the viewport
	ID         int           // node under the pointer
	TimeOffset time.Duration // from the event's time; recorders write it zero or negative
	Rest       bool          // no move: the page changed, and this came under the pointer
}

// DecodeMouse decodes the samples of a MouseMove, a TouchMove or a Drag.
func DecodeMouse(e Event) ([]MousePosition, error) {
	d, err := decodePayload[struct {
		Positions []struct {
			X          float64 `json:"x"`
			Y          float64 `json:"y"`
			ID         int     `json:"id"`
			TimeOffset float64 `json:"timeOffset"`
			Rest       bool    `json:"rest"`
		} `json:"positions"`
	}](e, "mouse positions", Incremental, MouseMove, TouchMove, Drag)
	if err != nil {
		return nil, err
	}
	positions := make([]MousePosition, len(d.Positions))
	for i, p := range d.Positions {
		positions[i] = MousePosition{
			X:          bounded(p.X),
			Y:          bounded(p.Y),
			ID:         p.ID,
			TimeOffset: time.Duration(bounded(p.TimeOffset) * float64(time.Millisecond)),
			Rest:       p.Rest,
		}
	}
	return positions, nil
}

// InteractionType says what a MouseInteraction records (@rrweb/types, enum
// MouseInteractions).
type InteractionType int

// The interactions that rrweb defines. TouchMoveDeparted is rrweb's
// TouchMove_Departed, which recorders no longer write.
const (
	MouseUp InteractionType = iota
	MouseDown
	Click
	ContextMenu
	DblClick
	Focus
	Blur
	TouchStart
	TouchMoveDeparted
	TouchEnd
	TouchCancel
)

// PointerType says what a person pointed with (@rrweb/types, enum PointerTypes).
type PointerType int

// The pointers that rrweb defines; recorders before 2.0 do not tell.
const (
	UnknownPointer PointerType = iota - 1
	MousePointer
	PenPointer
	TouchPointer
)

// Interaction is the data of a MouseInteraction.
type Interaction struct {
	Type    InteractionType
	ID      int     // node
	X, Y    float64 // CSS pixels in the viewport; 0, 0 for Focus and Blur
	Pointer PointerType
}

// DecodeInteraction decodes a MouseInteraction. A type that rrweb does not
// define is returned as it is.
func DecodeInteraction(e Event) (Interaction, error) {
	d, err := decodePayload[struct {
		Type    int     `json:"type"`
		ID      int     `json:"id"`
		X       float64 `json:"x"`
		Y       float64 `json:"y"`
		Pointer *int    `json:"pointerType"`
	}](e, "mouse interaction", Incremental, MouseInteraction)
	pointer := UnknownPointer
	if d.Pointer != nil {
		pointer = PointerType(*d.Pointer)
	}
	return Interaction{
		Type:    InteractionType(d.Type),
		ID:      d.ID,
		X:       bounded(d.X),
		Y:       bounded(d.Y),
		Pointer: pointer,
	}, err
}
