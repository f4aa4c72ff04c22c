package renderer_test

import (
	"encoding/base64"
	"image/color"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/font/gofont/gomono"

	"github.com/reelay/reelay/renderer/internal/rrwebtest"
)

// mono is a style sheet with a font in which ten of any letter are 240 pixels wide.
var mono = `@font-face{font-family:known;src:url("data:font/ttf;base64,` + base64.StdEncoding.EncodeToString(gomono.TTF) + `")}i{font:40px known;background:#00a000;color:transparent}` //nolint:gochecknoglobals // a constant.

// pages are features of how pages come, change and end.
var pages = []feature{ //nolint:gochecknoglobals // a table.
	{
		name: "page changes and viewports",
		build: func(r *rrwebtest.Recording) {
			r.Page(0, "https://a.example/1", 320, 200, `<style>html{background:#d00000}</style>`)
			r.Page(1*second, "https://a.example/2", 160, 100, `<style>html{background:#0000d0}</style>`)
			r.Resize(2*second, 320, 100)
			r.End(3 * second)
		},
		looks: []look{
			{500 * ms, 10, 10, "#d00000", "the first page"},
			{967 * ms, 10, 10, "#d00000", "the first page until the last frame"},
			{1 * second, 160, 100, "#0000d0", "the second page at once"},
			{1500 * ms, 10, 100, "#e9ecef", "ground beside the smaller page"},
			{1500 * ms, 160, 20, "#e9ecef", "ground above it"},
			{2500 * ms, 10, 100, "#0000d0", "the resized page is as wide as the clip"},
		},
	},
	{
		name: "an image that was added before its sibling, as the first recorders did",
		build: func(r *rrwebtest.Recording) {
			r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0}img,hr{display:block;margin:0;border:0;height:60px;background:#0000d0}</style><div id="b"></div>`)
			body := r.Node("b")
			r.Source(500*ms, 0, map[string]any{"texts": []any{}, "attributes": []any{}, "removes": []any{}, "adds": []map[string]any{
				{"parentId": body, "previousId": nil, "nextId": -1, "node": map[string]any{"type": 2, "id": 9000, "tagName": "img", "childNodes": []any{}, "attributes": map[string]any{"width": "100", "height": "60", "src": "https://a.example/lost.png"}}},
				{"parentId": body, "previousId": 9000, "nextId": nil, "node": map[string]any{"type": 2, "id": 9001, "tagName": "hr", "childNodes": []any{}, "attributes": map[string]any{}}},
			}})
			r.End(1 * second)
		},
		looks: []look{
			{400 * ms, 10, 10, "#ffffff", "nothing is there"},
			{500 * ms, 10, 10, "#eceff2", "a placeholder, for it is not recorded"},
			{500 * ms, 10, 90, "#0000d0", "its sibling below it"},
		},
	},
	{
		name: "a page comes with its fonts and images, and ends with its last event",
		build: func(r *rrwebtest.Recording) {
			r.Page(0, "https://a.example/1", 320, 200, `<style>html{background:#d00000}</style>`)
			r.Page(1*second, "https://a.example/2", 320, 200, `<style>body{margin:0}`+mono+`img{display:block}</style><img width="320" height="100" src="`+rrwebtest.PNG(1600, 1200, 0x00, 0x00, 0xd0)+`"><i>llllllllll</i><div id="b" style="position:fixed;top:160px"></div>`)
			r.Append(2*second, "b", `<p style="margin:0;width:320px;height:40px;background:#d000d0"></p>`)
		},
		looks: []look{
			{1 * second, 300, 90, "#0000d0", "the image is there at once"},
			{1 * second, 230, 125, "#00a000", "and the font"},
			{1 * second, 250, 125, "#ffffff", "which is no wider"},
			{1966 * ms, 300, 180, "#d000d0", "the last event shows"},
		},
	},
	{
		name: "what is scrolled when it comes is where it was, also if images or styles give it its size",
		build: func(r *rrwebtest.Recording) {
			tall := func(green uint8) string {
				return `<img src="` + rrwebtest.PNG(100, 600, 0xd0, green, 0x00) + `"><p></p>`
			}
			r.Page(0, "https://a.example/", 320, 200, `<html rr_scrollTop="600"><style>html,div{scroll-behavior:smooth}body{margin:0}img,p{display:block;margin:0;width:100px}p{height:400px;background:#0000d0}div p{height:100px}div{position:fixed;top:0;width:100px;height:100px;overflow:hidden}</style>`+
				tall(0)+`<div rr_scrollTop="600" style="left:150px">`+tall(1)+`</div><div id="later" style="left:260px"></div>`)
			r.Append(1*second, "later", tall(2))
			r.Scroll(1*second, "later", 0, 600)
			r.End(2 * second)
		},
		looks: []look{
			{0, 50, 5, "#0000d0", "the page"},
			{0, 200, 5, "#0000d0", "a box in it"},
			{1 * second, 270, 5, "#0000d0", "a box that got its content and was scrolled at once"},
		},
	},
	{
		name: "a page that loads slowly is there from the start",
		build: func(r *rrwebtest.Recording) {
			r.PageLater(0, 700*ms, "https://a.example/", 320, 200, `<style>html{background:#d00000}</style>`)
			r.End(1 * second)
		},
		looks: []look{
			{0, 10, 10, "#d00000", "the first picture is of the page"},
			{966 * ms, 10, 10, "#d00000", "so is the last"},
		},
	},
	{
		name: "placeholders stay where nothing was recorded, and go when something is",
		build: func(r *rrwebtest.Recording) {
			red, blue := color.RGBA{0xd0, 0, 0, 0xff}, color.RGBA{0, 0, 0xd0, 0xff}
			r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0}img,canvas{position:absolute;left:0;width:100px;height:40px}</style>`+
				`<img id="a" src="https://a.example/a.png" alt="words" style="top:0"><img id="b" src="https://a.example/b.png" style="top:50px">`+
				`<img id="h" src="https://a.example/h.png" style="top:100px;display:none"><canvas id="c" style="top:150px" width="300" height="150" rr_dataURL="`+rrwebtest.PNG(300, 150, 0x00, 0xa0, 0x00)+`"></canvas>`)
			r.Attribute(500*ms, "a", "style", "top:0;left:150px")
			r.Attribute(500*ms, "b", "src", rrwebtest.GIF(100, 40, red, blue))
			r.Attribute(500*ms, "h", "style", "top:100px")
			r.Attribute(500*ms, "c", "style", "top:150px;left:150px")
			r.End(2 * second)
		},
		looks: []look{
			{250 * ms, 10, 10, "#eceff2", "a placeholder for an image"},
			{250 * ms, 10, 60, "#eceff2", "and for another"},
			{250 * ms, 10, 110, "#ffffff", "none where nothing shows"},
			{250 * ms, 10, 160, "#00a000", "the canvas"},
			{750 * ms, 160, 10, "#eceff2", "the placeholder moves with its image"},
			{750 * ms, 10, 60, "#d00000", "an image in place of the lost one"},
			{1250 * ms, 10, 60, "#0000d0", "which moves"},
			{750 * ms, 10, 110, "#eceff2", "a placeholder for what shows later"},
			{750 * ms, 160, 160, "#00a000", "the canvas moves with its picture"},
		},
	},
	{
		name: "bad events and nodes are left out, and no more",
		build: func(r *rrwebtest.Recording) {
			deep := strings.Repeat("<div>", 450)
			r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0}p{margin:0;height:50px;background:#d00000}</style><p id="a"></p><div id="b"></div>`+deep)
			r.Source(500*ms, 0, map[string]any{"adds": []any{7, map[string]any{"parentId": r.Node("b"), "nextId": nil, "node": map[string]any{
				"type": 2, "id": 900, "tagName": "p", "childNodes": []any{nil, map[string]any{"type": 2, "id": 901, "tagName": "<p>"}},
			}}}, "removes": "none", "texts": nil, "attributes": []any{map[string]any{"id": r.Node("a"), "attributes": nil}}})
			r.Source(600*ms, 0, map[string]any{})
			r.Source(600*ms, 9, map[string]any{"id": r.Node("a"), "type": 0, "commands": []any{map[string]any{"property": "fill"}}})
			r.Source(600*ms, 13, map[string]any{"id": r.Node("a"), "index": 7, "set": nil})
			r.Source(600*ms, 14, map[string]any{"ranges": 7})
			r.Resize(700*ms, -320, 0)
			r.Attribute(1*second, "a", "style", "background:#0000d0")
			r.End(2 * second)
		},
		looks: []look{
			{250 * ms, 50, 25, "#d00000", "a page of 450 levels"},
			{750 * ms, 50, 75, "#d00000", "the good node of a bad change"},
			{1500 * ms, 50, 25, "#0000d0", "what comes after"},
		},
	},
}

// TestCaptured: images and style sheets that the recorder captured beside the
// document show from the start, and the report says which never came.
func TestCaptured(t *testing.T) {
	t.Parallel()
	r := rrwebtest.New(t)
	r.Page(0, "https://a.example/", 320, 200, `<link rel="stylesheet" rr_captured_href="https://a.example/a.css"><style rr_css_text="#style:1"></style><style rr_css_text="#style:2"></style>`+
		`<img width="100" height="50" rr_captured_src="https://a.example/a.png"><img width="100" height="50" rr_captured_src="https://a.example/lost.png"><p id="p"></p><div id="b"></div>`)
	sheet := func(text string) map[string]any {
		return map[string]any{"rr_type": "CssText", "cssTexts": []string{text}}
	}
	image := map[string]any{"rr_type": "Blob", "type": "image/png", "data": []any{map[string]any{"rr_type": "ArrayBuffer", "base64": rrwebtest.PNGBase64(100, 50, 0xd0, 0x00, 0x00)}}}
	r.Move(500*ms, "p", 50, 125)
	r.Asset(800*ms, "https://a.example/a.css", sheet(`body{margin:0;background:#00a000}img,p{display:block;margin:0;width:100px;height:50px}`))
	r.Asset(800*ms, "#style:1", sheet(`p{background:#0000d0}p:hover{background:#d000d0}`))
	r.Asset(900*ms, "https://a.example/a.png", image)
	r.Append(1*second, "b", `<img width="100" height="50" rr_captured_src="https://a.example/a.png">`)
	r.Page(1500*ms, "https://a.example/2", 320, 200, `<style>body{margin:0}</style><img width="100" height="50" rr_captured_src="https://a.example/a.png">`)
	r.End(2 * second)
	c := render(t, r.JSON())
	c.check(t, []look{
		{0, 300, 10, "#00a000", "the linked sheet applies"},
		{0, 50, 125, "#0000d0", "the page's own applies"},
		{0, 50, 25, "#d00000", "the image shows"},
		{0, 10, 60, "#eceff2", "a placeholder for the lost one"},
		{750 * ms, 50, 145, "#d000d0", "a paragraph is hovered"},
		{750 * ms, 50, 175, "#00a000", "nothing below it"},
		{1250 * ms, 50, 175, "#d00000", "an image that came later"},
		{1750 * ms, 50, 25, "#d00000", "the same on the next page, though captured only once"},
	})
	var lost []string
	for _, m := range c.report.Missing {
		lost = append(lost, m.Kind+" "+m.URL)
	}
	if !slices.Equal(slices.Sorted(slices.Values(lost)), []string{"image https://a.example/lost.png", "style #style:2"}) {
		t.Errorf("the report misses %q", lost)
	}
}

// TestForeignFrame: a frame of another origin shows the document that the
// recording holds of it, or a placeholder, and the report says which.
func TestForeignFrame(t *testing.T) {
	t.Parallel()
	r := rrwebtest.New(t)
	r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0}iframe{display:block;border:0;width:320px;height:100px}</style>`+
		`<iframe rr_src="https://held.example/" srcdoc="&lt;p style='margin:0;height:50px;background:#00a000'>&lt;/p>"></iframe><iframe rr_src="https://lost.example/"></iframe>`)
	r.End(500 * ms)
	c := render(t, r.JSON())
	c.check(t, []look{
		{250 * ms, 20, 25, "#00a000", "the frame's document"},
		{250 * ms, 20, 75, "#ffffff", "nothing behind it"},
		{250 * ms, 20, 125, "#eceff2", "a placeholder"},
	})
	if lacks := c.report.Unsupported; len(lacks) != 1 || lacks[0].URL != "https://lost.example/" {
		t.Errorf("the report says %v", lacks)
	}
}
