package renderer

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/reelay/reelay/renderer/compose"
)

// fontShelf finds fonts for what a typeface lacks, as Chrome does: by asking
// fontconfig. Each font is read once.
type fontShelf struct {
	asked map[rune]bool
	taken map[string]bool // path and index
}

const (
	// mostFonts bounds the fonts of one job: a recording may hold every script.
	mostFonts = 12
	// largestFont is in bytes: those of all Chinese characters have 20 MB.
	largestFont = 64 << 20
)

// lettering is what sets text and may lack fonts for it: a compose.Composer or
// compose.Illustrator.
type lettering interface {
	Lacks(text string) []rune
	AddFont(f compose.Font) error
}

// supply gives the lettering fonts for the runes that it lacks. Where the
// system has none, a box stands in for them.
func (s *fontShelf) supply(ctx context.Context, i lettering, text string) error {
	for _, r := range i.Lacks(text) {
		if s.asked[r] || len(s.taken) >= mostFonts {
			continue
		}
		if s.asked == nil {
			s.asked, s.taken = map[rune]bool{}, map[string]bool{}
		}
		s.asked[r] = true
		path, index, err := matchFont(ctx, r)
		if err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			continue // no fontconfig
		}
		key := fmt.Sprintf("%s#%d", path, index)
		if s.taken[key] {
			continue
		}
		s.taken[key] = true
		if font, ok := readFont(path, index); ok {
			// One that can't be parsed is as good as none.
			_ = i.AddFont(font)
		}
	}
	return nil
}

// matchFont asks fontconfig for the best font that has a rune.
func matchFont(ctx context.Context, r rune) (path string, index int, err error) {
	pattern := fmt.Sprintf("sans-serif:charset=%x", r)
	out, err := exec.CommandContext(ctx, "fc-match", "-f", "%{index} %{file}", pattern).Output()
	if err != nil {
		return "", 0, fmt.Errorf("ask fontconfig: %w", err)
	}
	number, path, _ := strings.Cut(string(out), " ")
	index, err = strconv.Atoi(number)
	if err != nil {
		return "", 0, fmt.Errorf("ask fontconfig: it answers %q", out)
	}
	return path, index & 0xffff, nil // the rest numbers a variable font's instance
}

func readFont(path string, index int) (compose.Font, bool) {
	info, err := os.Stat(path)
	if err != nil || info.Size() > largestFont {
		return compose.Font{}, false
	}
	data, err := os.ReadFile(path)
	return compose.Font{Data: data, Face: index}, err == nil
}
