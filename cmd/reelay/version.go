package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is set by the linker (see the Makefile). It is empty in a binary that
// go install made, whose build info has the module's version instead.
var version string

type versionCmd struct{}

type versionInfo struct {
	Version  string `json:"version"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func (versionCmd) Run(con *console) error {
	info := currentVersion()
	if con.json {
		return con.result(info)
	}
	_, err := fmt.Fprintf(con.stdout, "reelay %s (%s, %s)\n", info.Version, info.Go, info.Platform)
	return err
}

func currentVersion() versionInfo {
	info := versionInfo{
		Version:  version,
		Go:       runtime.Version(),
		Platform: runtime.GOOS + "/" + runtime.GOARCH,
	}
	if build, ok := debug.ReadBuildInfo(); ok && info.Version == "" {
		info.Version = build.Main.Version
	}
	return info
}
