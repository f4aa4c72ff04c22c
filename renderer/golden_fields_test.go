package renderer_test

import (
	"github.com/reelay/reelay/renderer/internal/rrwebtest"
)

// fields are what people fill in.
var fields = []feature{ //nolint:gochecknoglobals // a table.
	{
		name: "focus, values and choices",
		build: func(r *rrwebtest.Recording) {
			r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0}input,select{display:block;border:0;width:200px;height:40px;outline:none;background:#dddddd;margin:0}input:focus{background:#00a000}#c:checked{appearance:none;background:#0000d0}#t:not(:placeholder-shown){border-right:20px solid #d00000}</style><input id="t" placeholder="x"><input id="c" type="checkbox">`)
			r.Interact(500*ms, focused, "t", 0, 0)
			r.Type(1*second, "t", "hi")
			r.Source(1500*ms, 5, map[string]any{"id": r.Node("c"), "text": "on", "isChecked": true})
			r.End(2 * second)
		},
		looks: []look{
			{250 * ms, 150, 10, "#dddddd", "the field is not focused"},
			{750 * ms, 150, 10, "#00a000", "the field has focus"},
			{1250 * ms, 210, 20, "#d00000", "the field has a value"},
			{1750 * ms, 100, 60, "#0000d0", "the box is checked"},
		},
	},
	{
		name: "every kind of field shows its value",
		build: func(r *rrwebtest.Recording) {
			r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0}select,textarea,input,p{position:absolute;left:0;margin:0;padding:0;border:0;border-radius:0;width:100px;height:20px;background:#dddddd;resize:none;appearance:none}select:has([value="b"]:checked){background:#d00000}textarea:not(:placeholder-shown){background:#00a000}[type=radio]:checked{background:#0000d0}[type=range]::-webkit-slider-thumb{appearance:none;width:20px;height:20px;background:#d000d0}[type=color]{background:none}[type=color]::-webkit-color-swatch-wrapper{padding:0}[type=color]::-webkit-color-swatch{border:0}b{display:inline-block;width:40px;height:20px;background:#00a0a0}</style>`+
				`<select id="s" style="top:0"><option value="a" selected>a</option><option value="b">b</option></select>`+
				`<textarea id="t" style="top:30px" placeholder="x"></textarea>`+
				`<input id="r1" style="top:60px" type="radio" name="r" checked><input id="r2" style="top:60px;left:120px" type="radio" name="r">`+
				`<input id="g" style="top:90px" type="range" min="0" max="100" value="0">`+
				`<input id="k" style="top:120px" type="color" value="#dddddd">`+
				`<p id="e" contenteditable="true" style="top:150px"></p>`+
				`<style>#m:not(:has(:checked)){background:#d00000}#m:has([hidden]:checked){background:#0000d0}</style><select id="m" style="top:180px"><option value="a" selected>a</option></select>`)
			value := func(id, text string, checked bool) {
				r.Source(1*second, 5, map[string]any{"id": r.Node(id), "text": text, "isChecked": checked})
			}
			value("s", "b", false)
			value("t", "words", false)
			value("m", "•••••", false)
			value("r1", "on", false)
			value("r2", "on", true)
			value("g", "100", false)
			value("k", "#00a000", false)
			r.Append(1*second, "e", "<b></b>")
			r.End(2 * second)
		},
		looks: []look{
			{500 * ms, 90, 10, "#dddddd", "the list shows its first option"},
			{500 * ms, 90, 40, "#dddddd", "the text area is empty"},
			{500 * ms, 50, 70, "#0000d0", "the first radio button is chosen"},
			{500 * ms, 10, 100, "#d000d0", "the slider is at its beginning"},
			{500 * ms, 50, 130, "#dddddd", "the colour as it was"},
			{500 * ms, 20, 160, "#dddddd", "nothing is written"},
			{1500 * ms, 90, 10, "#d00000", "another option is chosen"},
			{1500 * ms, 90, 40, "#00a000", "the text area has text"},
			{1500 * ms, 50, 70, "#dddddd", "the first radio button is not chosen"},
			{1500 * ms, 170, 70, "#0000d0", "the second is"},
			{1500 * ms, 90, 100, "#d000d0", "the slider is at its end"},
			{1500 * ms, 50, 130, "#00a000", "another colour"},
			{1500 * ms, 20, 160, "#00a0a0", "something is written"},
			{500 * ms, 90, 190, "#dddddd", "the second list shows its option"},
			{1500 * ms, 90, 190, "#0000d0", "a masked choice is shown as one"},
		},
	},
}
