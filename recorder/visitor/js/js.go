// Package js holds the functions that the visitor runs in pages, one per file.
package js

import _ "embed" // For the directives below.

// The functions; each file says what its own does.
var (
	//go:embed find.js
	Find string
	//go:embed measure.js
	Measure string
	//go:embed cover.js
	Cover string
	//go:embed field.js
	Field string
	//go:embed set.js
	Set string
	//go:embed matches.js
	Matches string
	//go:embed origin.js
	Origin string
	//go:embed scroll.js
	Scroll string
	//go:embed scrolled.js
	Scrolled string
	//go:embed within.js
	Within string
)
