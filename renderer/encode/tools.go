package encode

import (
	"os/exec"
	"runtime"
)

// Tools are the programs that encoding runs.
type Tools struct {
	FFmpeg, FFprobe string
}

// MissingError says which program is not installed.
type MissingError struct {
	Program string
}

func (e *MissingError) Error() string { return "find " + e.Program + ": it is not installed" }

// Hint is the remedy.
func (e *MissingError) Hint() string {
	if runtime.GOOS == "darwin" {
		return "run: brew install ffmpeg"
	}
	return "run: apt-get install ffmpeg"
}

// Find looks for the programs where the shell would. The error is a
// *MissingError.
func Find() (Tools, error) {
	var tools Tools
	for name, path := range map[string]*string{"ffmpeg": &tools.FFmpeg, "ffprobe": &tools.FFprobe} {
		found, err := exec.LookPath(name)
		if err != nil {
			return Tools{}, &MissingError{Program: name}
		}
		*path = found
	}
	return tools, nil
}
