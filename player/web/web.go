// Package web embeds the browser side of reelay, built from src by npm run
// build. It imports nothing of ours.
package web

import _ "embed"

// Stage is the script of the renderer's page; it defines globalThis.stage.
//
//go:embed dist/stage.js
var Stage string
