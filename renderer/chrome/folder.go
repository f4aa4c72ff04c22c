package chrome

import (
	"fmt"
	"os"
	"path/filepath"
)

// Nobody is the user that a root process runs Chrome as, so that Chrome's own
// sandbox, which refuses root, stays on. The browser folders are its own then.
const Nobody = 65534

// FolderPrefix begins the names of browser folders.
const FolderPrefix = "reelay-chrome-"

// makeFolder makes a browser's own folder inside parent. A browser that runs
// as nobody needs one that nobody can reach; where parent is closed to others,
// the folder is made in the system's temporary folder instead.
func makeFolder(parent string, unprivileged bool) (string, error) {
	if unprivileged {
		for _, open := range []string{parent, os.TempDir(), "/tmp"} {
			if reachable(open) {
				parent = open
				break
			}
		}
	}
	dir, err := os.MkdirTemp(parent, FolderPrefix)
	if err != nil {
		return "", fmt.Errorf("make browser folder: %w", err)
	}
	if unprivileged {
		if err := os.Chown(dir, Nobody, Nobody); err != nil {
			return "", fmt.Errorf("give browser folder to nobody: %w", err)
		}
	}
	return dir, nil
}

// reachable says whether any user may step through dir and what is above it.
func reachable(dir string) bool {
	for {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm()&0o001 == 0 {
			return false
		}
		above := filepath.Dir(dir)
		if above == dir {
			return true
		}
		dir = above
	}
}
