package chrome

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
)

// names are the programs that Find tries, in order. Debian's
// /usr/bin/chromium-headless-shell is a shell script that stays around as the
// browser's parent, so the program behind it comes first.
func names() []string {
	return []string{
		"/usr/lib/chromium/chromium-headless-shell",
		"chromium-headless-shell",
		"chrome-headless-shell",
	}
}

// MissingError says that no headless shell was found, and how to get one.
type MissingError struct {
	Tried string // what REELAY_CHROME named; empty when the usual names were tried
}

func (e *MissingError) Error() string {
	if e.Tried != "" {
		return fmt.Sprintf("find chrome: %s can't be run", e.Tried)
	}
	return "find chrome: neither chromium-headless-shell nor chrome-headless-shell is installed"
}

// Hint is the remedy.
func (e *MissingError) Hint() string {
	switch {
	case e.Tried != "":
		return "REELAY_CHROME must name a chrome-headless-shell program"
	case runtime.GOOS == "linux":
		return "run: apt-get install chromium-headless-shell (or set REELAY_CHROME)"
	default:
		return "rendering needs Linux; use the Docker image on other systems"
	}
}

// Find returns the path of the headless shell to use: REELAY_CHROME's value if
// env is not empty, else the first of the usual programs that exists. The
// error is a *MissingError.
func Find(env string) (string, error) {
	if env != "" {
		path, err := exec.LookPath(env)
		if err != nil {
			return "", &MissingError{Tried: env}
		}
		return path, nil
	}
	for _, name := range names() {
		path, err := exec.LookPath(name)
		if err == nil {
			return path, nil
		}
		if !errors.Is(err, exec.ErrNotFound) && !os.IsNotExist(err) {
			continue
		}
	}
	return "", &MissingError{}
}
