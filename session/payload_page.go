package session

import "github.com/go-json-experiment/json/jsontext"

// PageMeta is the data of a Meta event: a page and its viewport.
type PageMeta struct {
	Href          string
	Width, Height int // CSS pixels, as recorded
}

// metaPayload is PageMeta as recorders write it.
type metaPayload struct {
	Href   string  `json:"href"`
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
}

func (p metaPayload) page() PageMeta {
	return PageMeta{Href: p.Href, Width: pixels(p.Width), Height: pixels(p.Height)}
}

// DecodeMeta decodes a Meta event.
func DecodeMeta(e Event) (PageMeta, error) {
	p, err := decodePayload[metaPayload](e, "meta", Meta)
	return p.page(), err
}

// Viewport is the data of a ViewportResize.
type Viewport struct {
	Width, Height int // CSS pixels, as recorded
}

// DecodeViewport decodes a ViewportResize.
func DecodeViewport(e Event) (Viewport, error) {
	d, err := decodePayload[struct {
		Width  float64 `json:"width"`
		Height float64 `json:"height"`
	}](e, "viewport", Incremental, ViewportResize)
	return Viewport{Width: pixels(d.Width), Height: pixels(d.Height)}, err
}

// ScrollPosition is the data of a Scroll: where an element, or the document,
// was scrolled to.
type ScrollPosition struct {
	ID   int     // node
	X, Y float64 // CSS pixels
}

// DecodeScroll decodes a Scroll.
func DecodeScroll(e Event) (ScrollPosition, error) {
	d, err := decodePayload[struct {
		ID int     `json:"id"`
		X  float64 `json:"x"`
		Y  float64 `json:"y"`
	}](e, "scroll", Incremental, Scroll)
	return ScrollPosition{ID: d.ID, X: bounded(d.X), Y: bounded(d.Y)}, err
}

// CustomData is the data of a Custom event.
type CustomData struct {
	Tag     string
	Payload jsontext.Value // canonical JSON; nil if there is none
}

// DecodeCustom decodes a Custom event.
func DecodeCustom(e Event) (CustomData, error) {
	d, err := decodePayload[struct {
		Tag     string         `json:"tag"`
		Payload jsontext.Value `json:"payload"`
	}](e, "custom event", Custom)
	return CustomData{Tag: d.Tag, Payload: d.Payload}, err
}

// PluginData is the data of a Plugin event, such as a line of the console.
type PluginData struct {
	Plugin  string
	Payload jsontext.Value // canonical JSON; nil if there is none
}

// DecodePlugin decodes a Plugin event.
func DecodePlugin(e Event) (PluginData, error) {
	d, err := decodePayload[struct {
		Plugin  string         `json:"plugin"`
		Payload jsontext.Value `json:"payload"`
	}](e, "plugin event", Plugin)
	return PluginData{Plugin: d.Plugin, Payload: d.Payload}, err
}
