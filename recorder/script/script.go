// Package script holds the built recorder script: what runs in the recorded
// page. `npm run build` makes it.
package script

import _ "embed"

//go:embed dist/record.js
var bundle []byte

// Bundle returns the script's JavaScript. It must not be changed.
func Bundle() []byte { return bundle }
