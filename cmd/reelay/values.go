package main

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// longestTime bounds every time on the command line: no recording is longer,
// and sums of a few of them stay far from overflow.
const longestTime = 7 * 24 * time.Hour

// clock is a time within a recording: 3s, 1m20s, 1:20 or 1:02:03.5.
type clock time.Duration

// UnmarshalText parses one of the forms of clock.
func (c *clock) UnmarshalText(text []byte) error {
	d, err := parseClock(string(text))
	if err != nil {
		return err
	}
	*c = clock(d)
	return nil
}

func parseClock(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if strings.Contains(s, ":") {
		d, err = parseColons(s)
	}
	switch {
	case err != nil:
		return 0, fmt.Errorf("%q is not a time; write 3s, 1m20s or 1:20", s)
	case d < 0:
		return 0, fmt.Errorf("%q is negative", s)
	case d > longestTime:
		return 0, fmt.Errorf("%q is longer than %g hours", s, longestTime.Hours())
	}
	return d, nil
}

// parseColons parses [hours:]minutes:seconds[.fraction]. Minutes and seconds
// stay under 60 but for the leading part.
func parseColons(s string) (time.Duration, error) {
	parts := strings.Split(s, ":")
	if len(parts) > 3 {
		return 0, errors.New("too many parts")
	}
	last := len(parts) - 1
	seconds, err := strconv.ParseFloat(parts[last], 64)
	if err != nil || !(seconds >= 0 && seconds < 60) { // also refuses NaN
		return 0, errors.New("bad seconds")
	}
	total := time.Duration(math.Round(seconds * float64(time.Second)))
	for i, part := range parts[:last] {
		n, err := strconv.ParseUint(part, 10, 16)
		if err != nil || i > 0 && n >= 60 {
			return 0, errors.New("bad minutes or hours")
		}
		unit := time.Minute
		if i == 0 && last == 2 {
			unit = time.Hour
		}
		total += time.Duration(n) * unit
	}
	return total, nil
}

// idleCut is the length that idle stretches are cut to; 0 leaves them alone,
// written off.
type idleCut time.Duration

// UnmarshalText parses a positive time, or off.
func (c *idleCut) UnmarshalText(text []byte) error {
	if string(text) == "off" {
		*c = 0
		return nil
	}
	d, err := parseClock(string(text))
	if err != nil {
		return err
	}
	if d == 0 {
		return errors.New("nothing of an idle stretch would stay; write off to keep all of it, or a time like 1s")
	}
	*c = idleCut(d)
	return nil
}

// size is a picture size in pixels, written 1280x720; the zero value is
// not given.
type size struct{ width, height int }

// The bounds of a clip's sides: what is smaller shows nothing, what is larger
// than 4K needs an H.264 level that common decoders refuse.
const (
	shortestSide = 64
	longestLong  = 3840
	longestShort = 2160
)

// UnmarshalText parses WIDTHxHEIGHT.
func (s *size) UnmarshalText(text []byte) error {
	w, h, ok := strings.Cut(string(text), "x")
	width, errW := strconv.ParseUint(w, 10, 16)
	height, errH := strconv.ParseUint(h, 10, 16)
	if !ok || errW != nil || errH != nil {
		return fmt.Errorf("%q is not a size; write it like 1280x720", text)
	}
	if min(width, height) < shortestSide || max(width, height) > longestLong || min(width, height) > longestShort {
		return fmt.Errorf("%s is out of range; sides are %d pixels at least, %dx%d (or %dx%d) is the largest",
			text, shortestSide, longestLong, longestShort, longestShort, longestLong)
	}
	s.width, s.height = int(width), int(height)
	return nil
}

// byteCount is a number of bytes, written 10MB or 10MiB.
type byteCount int64

// smallestFit is the least size that a clip can be asked to fit into: under it
// the container and one frame leave nothing to choose.
const smallestFit = 50_000

// UnmarshalText parses a number and one of the units kB, MB, GB, KiB, MiB and
// GiB, in any case.
func (b *byteCount) UnmarshalText(text []byte) error {
	s := strings.ToLower(string(text))
	digits := strings.TrimRight(s, "abcdefghijklmnopqrstuvwxyz")
	unit := map[string]float64{
		"kb": 1e3, "mb": 1e6, "gb": 1e9,
		"kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30,
	}[s[len(digits):]]
	n, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	if err != nil || unit == 0 {
		return fmt.Errorf("%q is not a size in bytes; write it like 10MB or 10MiB", text)
	}
	if n *= unit; !(n >= smallestFit && n <= 1e12) { // also refuses NaN
		return fmt.Errorf("%s is out of range; the least is %dkB", text, smallestFit/1000)
	}
	*b = byteCount(n)
	return nil
}
