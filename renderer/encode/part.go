package encode

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// part is a file that is being made, under a name of its own next to its
// target, so that the finished file can be put in place by a rename.
type part struct {
	file   *os.File
	target string // "" for standard output
	gone   bool   // published or removed: the name may be another job's now
}

// newPart makes an empty file for the target; for standard output in dir.
func newPart(target, dir string) (*part, error) {
	if target == "-" {
		file, err := os.CreateTemp(dir, "output-*")
		if err != nil {
			return nil, fmt.Errorf("make output: %w", err)
		}
		return &part{file: file}, nil
	}
	// A link is followed, so that what it points to is replaced and not the link.
	if real, err := filepath.EvalSymlinks(target); err == nil {
		target = real
	}
	folder, name := filepath.Split(target)
	for n := 0; ; n++ {
		path := fmt.Sprintf("%s.%s.part", folder, name)
		if n > 0 {
			path = fmt.Sprintf("%s.%s.%d.part", folder, name, n)
		}
		file, err := claim(path)
		if err != nil {
			return nil, fmt.Errorf("make output: %w", err)
		}
		if file != nil {
			return &part{file: file, target: target}, nil
		}
	}
}

// claim makes an empty file and locks it. A file without a lock was left by a
// program that was killed, and is used again. It returns nil if the file
// belongs to another job.
func claim(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW, 0o666) //nolint:gosec // the user's umask decides
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, file.Close()
	}
	mine, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	// Its owner may have published or removed it before the lock was free. As
	// long as it has the name it can only lose it under our lock.
	if named, err := os.Lstat(path); err != nil || !os.SameFile(mine, named) {
		return nil, file.Close()
	}
	if err := file.Truncate(0); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

func (p *part) path() string { return p.file.Name() }

func (p *part) size() (int64, error) {
	info, err := p.file.Stat()
	if err != nil {
		return 0, fmt.Errorf("measure output: %w", err)
	}
	return info.Size(), nil
}

// discard removes the file, unless it was published. It may be called more than
// once.
func (p *part) discard() {
	if p.gone {
		return
	}
	p.gone = true
	_ = os.Remove(p.path()) // while it is locked
	_ = p.file.Close()
}

// sync makes sure that the content is on the disk.
func (p *part) sync() error {
	if err := p.file.Sync(); err != nil {
		return fmt.Errorf("sync output: %w", err)
	}
	return nil
}

// copyTo writes the content to standard output and removes the file.
func (p *part) copyTo(w io.Writer) error {
	defer p.discard()
	if _, err := p.file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read output: %w", err)
	}
	if _, err := io.Copy(w, p.file); err != nil {
		return fmt.Errorf("write standard output: %w", err)
	}
	return nil
}

// publish gives the file its name. What had the name before is replaced in one
// step.
func (p *part) publish() error {
	defer p.file.Close() //nolint:errcheck // it was synced
	if err := os.Rename(p.path(), p.target); err != nil {
		return fmt.Errorf("name output: %w", err)
	}
	p.gone = true
	folder, err := os.Open(filepath.Dir(p.target))
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	defer folder.Close() //nolint:errcheck // only read
	if err := folder.Sync(); err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	return nil
}
