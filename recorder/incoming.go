package recorder

import (
	"bytes"
	"fmt"
	"io"
	"os"
)

// inMemory is how much of a copy is held in memory, in bytes. A longer one
// goes to a file.
const inMemory = 256 << 10

// incoming is a copy of a body that is being made.
type incoming struct {
	dir    string
	memory bytes.Buffer
	file   *os.File // nil while memory is enough
}

func (in *incoming) Write(p []byte) (int, error) {
	if in.file == nil && in.memory.Len()+len(p) > inMemory {
		f, err := os.CreateTemp(in.dir, "incoming-*")
		if err != nil {
			return 0, fmt.Errorf("copy asset: %w", err)
		}
		in.file = f
		if _, err := in.memory.WriteTo(f); err != nil {
			return 0, fmt.Errorf("copy asset: %w", err)
		}
	}
	if in.file != nil {
		return in.file.Write(p)
	}
	return in.memory.Write(p)
}

// open returns the copy from its beginning.
func (in *incoming) open() (io.Reader, error) {
	if in.file == nil {
		return &in.memory, nil
	}
	if _, err := in.file.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("copy asset: %w", err)
	}
	return in.file, nil
}

// drop removes what the copy has on the disk.
func (in *incoming) drop() {
	if in.file != nil {
		_ = in.file.Close()
		_ = os.Remove(in.file.Name())
	}
}
