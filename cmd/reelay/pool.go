package main

import (
	"os"
	"time"

	"github.com/reelay/reelay/renderer"
	"github.com/reelay/reelay/renderer/chrome"
	"github.com/reelay/reelay/renderer/encode"
)

// chromeFlags say which Chrome renders, and how confined. The verbs that
// render embed them.
type chromeFlags struct {
	Chrome    string `group:"chrome" placeholder:"PROGRAM" help:"The headless shell to use; the installed one by default."`
	NoSandbox bool   `group:"chrome" help:"Switch Chrome's sandbox off: only where the system denies it, and for recordings that you trust."`
}

// pool returns a pool of that many Chromes, or says what has to be installed
// first.
func (f chromeFlags) pool(chromes int, con *console) (*renderer.Pool, error) {
	path, err := chrome.Find(f.Chrome)
	if err != nil {
		return nil, err
	}
	tools, err := encode.Find()
	if err != nil {
		return nil, err
	}
	log := con.logger()
	if err := sweep(os.TempDir(), time.Now().Add(-residue)); err != nil {
		log.Warn("could not remove what a killed program left", "error", err)
	}
	if f.NoSandbox {
		log.Warn("chrome runs without its sandbox")
	}
	return renderer.NewPool(renderer.Config{
		Chromes:   chromes,
		Chrome:    path,
		Tools:     tools,
		NoSandbox: f.NoSandbox,
		Log:       log,
		Now:       time.Now,
	}), nil
}
