package renderer_test

import (
	"github.com/reelay/reelay/renderer/internal/rrwebtest"
)

// rrweb's mouse interactions (MouseInteractions).
const (
	mouseUp   = 0
	mouseDown = 1
	clicked   = 2
	focused   = 5
	blurred   = 6
)

// pointers are features that follow the pointer and the focus.
var pointers = []feature{ //nolint:gochecknoglobals // a table.
	{
		name: "hover follows the node under the pointer",
		build: func(r *rrwebtest.Recording) {
			r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0}div{height:100px;background:#dddddd}div:hover{background:#d00000}</style><div id="a"></div><div id="b"></div>`)
			r.Move(400*ms, "a", 20, 50)
			r.Move(800*ms, "a", 40, 60)
			r.Move(1200*ms, "b", 40, 150)
			r.End(2 * second)
		},
		looks: []look{
			{200 * ms, 200, 50, "#dddddd", "nothing is hovered"},
			{600 * ms, 200, 50, "#d00000", "the first box is hovered"},
			{600 * ms, 200, 150, "#dddddd", "the second is not"},
			{1600 * ms, 200, 50, "#dddddd", "the first is left"},
			{1600 * ms, 200, 150, "#d00000", "the second is hovered"},
		},
	},
	{
		name: "hover shows on whatever its rule names",
		build: func(r *rrwebtest.Recording) {
			r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0}div{position:relative;height:30px;background:#dddddd}p{margin:0;height:30px}
				#sibling:hover + div{background:#d00000}
				#inside:hover > p{background:#00a000}
				#list:is(:focus, :hover){background:#0000d0}
				#nested{&:hover{background:#d00000}}
				#before:hover::before{content:"";position:absolute;inset:0;background:#00a000}
				#around:has(:hover){background:#0000d0}</style>
				<div id="sibling"></div><div></div><div id="inside"><p></p></div><div id="list"></div><div id="nested"></div><div id="before"></div><div id="around"><p id="p"></p></div>`)
			r.Move(500*ms, "sibling", 20, 15)
			r.Move(1000*ms, "inside", 20, 75)
			r.Move(1500*ms, "list", 20, 105)
			r.Move(2000*ms, "nested", 20, 135)
			r.Move(2500*ms, "before", 20, 165)
			r.Move(3000*ms, "p", 20, 195)
			r.End(3500 * ms)
		},
		looks: []look{
			{250 * ms, 200, 45, "#dddddd", "nothing is hovered"},
			{750 * ms, 200, 45, "#d00000", "the box after the hovered one"},
			{1250 * ms, 200, 45, "#dddddd", "the box after is as it was"},
			{1250 * ms, 200, 75, "#00a000", "what the hovered box contains"},
			{1750 * ms, 200, 75, "#dddddd", "what it contains is as it was"},
			{1750 * ms, 200, 105, "#0000d0", "a list of states"},
			{2250 * ms, 200, 135, "#d00000", "a nested rule"},
			{2750 * ms, 200, 165, "#00a000", "a pseudo-element"},
			{3250 * ms, 200, 165, "#dddddd", "the pseudo-element is gone"},
			{3250 * ms, 200, 190, "#0000d0", "the box around the hovered one"},
		},
	},
	{
		name: "hover stays with a node whose classes change",
		build: func(r *rrwebtest.Recording) {
			r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0}div{height:100px;background:#dddddd}div:hover{background:#d00000}.on{width:50px}</style><div id="a" class="off"></div>`)
			r.Move(400*ms, "a", 20, 50)
			r.Attribute(800*ms, "a", "class", "on")
			r.End(1500 * ms)
		},
		looks: []look{
			{600 * ms, 200, 50, "#d00000", "the box is hovered"},
			{1200 * ms, 20, 50, "#d00000", "it still is"},
			{1200 * ms, 200, 50, "#ffffff", "and has its new class"},
		},
	},
	{
		name: "hover is no class to the rules of the page",
		build: func(r *rrwebtest.Recording) {
			r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0}p{margin:0;height:40px}p:not([class]){background:#d00000}[class="one"]{background:#00a000}[class$="end"]{background:#0000d0}[class=""]{background:#d000d0}</style><p id="none"></p><p id="one" class="one"></p><p id="end" class="the end"></p><p id="empty" class=""></p>`)
			r.Move(400*ms, "none", 20, 20)
			r.Move(800*ms, "one", 20, 60)
			r.Move(1200*ms, "end", 20, 100)
			r.Move(1600*ms, "empty", 20, 140)
			r.End(2 * second)
		},
		looks: []look{
			{600 * ms, 200, 20, "#d00000", "an element without a class has none while it is hovered"},
			{600 * ms, 200, 60, "#00a000", "nor is another one's changed"},
			{1 * second, 200, 60, "#00a000", "a class that is all of the attribute stays it"},
			{1 * second, 200, 20, "#d00000", "no class is left behind"},
			{1400 * ms, 200, 100, "#0000d0", "one at the end stays there"},
			{1800 * ms, 200, 140, "#d000d0", "an empty one is empty"},
		},
	},
	{
		name: "hover reaches rules that come later, shadow trees and their hosts",
		build: func(r *rrwebtest.Recording) {
			r.Page(0, "https://a.example/", 320, 200, `<style id="s">body{margin:0}#a,#host{display:block;height:60px;background:#dddddd}#host:hover{background:#0000d0}</style><div id="a" class="sm:hover:on"></div><div id="host"><template shadowrootmode="open"><p id="p" style="margin:0;height:30px"></p></template></div>`)
			r.Source(200*ms, 8, map[string]any{"id": r.Node("s"), "adds": []map[string]any{{"rule": "@media all { #a.sm\\:hover\\:on:not(.x):hover { background: #d00000 } }", "index": 0}}})
			r.Source(200*ms, 15, map[string]any{"id": r.Node("host"), "styleIds": []int{1}, "styles": []map[string]any{{"styleId": 1, "rules": []map[string]any{{"rule": "p:hover { background: #00a000; }", "index": 0}}}}})
			r.Move(400*ms, "a", 20, 50)
			r.Move(1*second, "p", 20, 70)
			r.End(1500 * ms)
		},
		looks: []look{
			{300 * ms, 200, 30, "#dddddd", "nothing is hovered"},
			{300 * ms, 200, 75, "#dddddd", "nothing is hovered in the tree"},
			{700 * ms, 200, 30, "#d00000", "a rule that was inserted follows the pointer"},
			{1300 * ms, 200, 30, "#dddddd", "the box is left"},
			{1300 * ms, 200, 75, "#00a000", "an adopted sheet follows the pointer"},
			{1300 * ms, 200, 105, "#0000d0", "so does the host of the tree"},
		},
	},
	{
		name: "hover stays while the page is built once more",
		build: func(r *rrwebtest.Recording) {
			const page = `<style>body{margin:0}nav{height:40px;background:#dddddd}menu{display:none;margin:0;padding:0;height:100px;background:#d00000}nav:hover menu{display:block}</style><nav id="nav"><menu></menu></nav>`
			r.Page(0, "https://a.example/", 320, 200, page)
			r.Move(500*ms, "nav", 20, 20)
			r.Page(1*second, "https://a.example/", 320, 200, page)
			r.Page(2*second, "https://a.example/2", 320, 200, page)
			r.End(3 * second)
		},
		looks: []look{
			{250 * ms, 200, 80, "#ffffff", "the menu is closed"},
			{750 * ms, 200, 80, "#d00000", "the pointer opens it"},
			{1500 * ms, 200, 80, "#d00000", "it stays open"},
			{2500 * ms, 200, 80, "#ffffff", "it is closed on another page"},
		},
	},
	{
		name: "focus shows by keyboard and in fields, not by mouse",
		build: func(r *rrwebtest.Recording) {
			r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0}button,input{display:block;border:0;margin:0;width:200px;height:40px;outline:none;background:#dddddd}:focus{background:#00a000!important}:focus-visible{border-right:40px solid #d00000!important}form{padding-left:20px}form:focus-within{background:#0000d0}</style><form><button id="b"></button><input id="t"><button id="c"></button></form>`)
			r.Click(500*ms, "b", 50, 20)
			r.Interact(500*ms, focused, "b", 0, 0)
			r.Interact(1*second, mouseDown, "t", 50, 60)
			r.Interact(1*second, focused, "t", 0, 0)
			r.Interact(1030*ms, mouseUp, "t", 50, 60)
			r.Interact(2*second, blurred, "t", 0, 0)
			r.Interact(2*second, focused, "c", 0, 0)
			r.Interact(3*second, blurred, "c", 0, 0)
			r.End(3500 * ms)
		},
		looks: []look{
			{250 * ms, 10, 20, "#ffffff", "the form has no focus"},
			{750 * ms, 10, 20, "#0000d0", "the form has focus within"},
			{750 * ms, 50, 20, "#00a000", "the button that was clicked has focus"},
			{750 * ms, 210, 20, "#00a000", "but no ring"},
			{1500 * ms, 210, 20, "#dddddd", "the button lost it"},
			{1500 * ms, 50, 60, "#00a000", "the field that was clicked has focus"},
			{1500 * ms, 240, 60, "#d00000", "and shows it"},
			{2500 * ms, 210, 100, "#d00000", "the keyboard's focus shows on a button"},
			{3250 * ms, 10, 20, "#ffffff", "the focus has left"},
		},
	},
}
