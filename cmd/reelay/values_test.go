package main

import (
	"testing"
	"time"
)

func TestClock(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want time.Duration
		ok   bool
	}{
		{"3s", 3 * time.Second, true},
		{"1m20s", 80 * time.Second, true},
		{"1.5s", 1500 * time.Millisecond, true},
		{"0s", 0, true},
		{"1:20", 80 * time.Second, true},
		{"0:01.25", 1250 * time.Millisecond, true},
		{"90:00", 90 * time.Minute, true},
		{"1:02:03.5", time.Hour + 2*time.Minute + 3500*time.Millisecond, true},
		{"168h", 7 * 24 * time.Hour, true},

		{"", 0, false},
		{"90", 0, false},
		{"-3s", 0, false},
		{"-1:20", 0, false},
		{"1:60", 0, false},
		{"1:60:00", 0, false},
		{"1:-1", 0, false},
		{"1:NaN", 0, false},
		{"1:Inf", 0, false},
		{":30", 0, false},
		{"1:", 0, false},
		{"1:1:1:1", 0, false},
		{"169h", 0, false},
		{"65535:00:00", 0, false},
	}
	for _, tt := range tests {
		var c clock
		err := c.UnmarshalText([]byte(tt.text))
		if (err == nil) != tt.ok || time.Duration(c) != tt.want {
			t.Errorf("%q: got %v, %v; want %v, ok %v", tt.text, time.Duration(c), err, tt.want, tt.ok)
		}
	}
}

func TestIdleCut(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want time.Duration
		ok   bool
	}{
		{"off", 0, true},
		{"3s", 3 * time.Second, true},
		{"0s", -1, false},
		{"on", -1, false},
	}
	for _, tt := range tests {
		c := idleCut(-1)
		err := c.UnmarshalText([]byte(tt.text))
		if (err == nil) != tt.ok || time.Duration(c) != tt.want {
			t.Errorf("%q: got %v, %v; want %v, ok %v", tt.text, time.Duration(c), err, tt.want, tt.ok)
		}
	}
}

func TestSize(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want size
		ok   bool
	}{
		{"1280x720", size{1280, 720}, true},
		{"2160x3840", size{2160, 3840}, true},
		{"64x64", size{64, 64}, true},

		{"1280", size{}, false},
		{"1280x", size{}, false},
		{"1280x720x2", size{}, false},
		{"1280X720", size{}, false},
		{"63x720", size{}, false},
		{"3841x720", size{}, false},
		{"2161x2161", size{}, false},
		{"99999999999x720", size{}, false},
		{"-1280x720", size{}, false},
	}
	for _, tt := range tests {
		var s size
		err := s.UnmarshalText([]byte(tt.text))
		if (err == nil) != tt.ok || s != tt.want {
			t.Errorf("%q: got %v, %v; want %v, ok %v", tt.text, s, err, tt.want, tt.ok)
		}
	}
}

func TestByteCount(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want byteCount
		ok   bool
	}{
		{"10MB", 10_000_000, true},
		{"10mb", 10_000_000, true},
		{"10 MB", 10_000_000, true},
		{"10MiB", 10 << 20, true},
		{"2.5MB", 2_500_000, true},
		{"500kB", 500_000, true},
		{"1GiB", 1 << 30, true},

		{"", 0, false},
		{"10", 0, false},
		{"MB", 0, false},
		{"10M", 0, false},
		{"-10MB", 0, false},
		{"49kB", 0, false},
		{"nanMB", 0, false},
		{"1e300GB", 0, false},
	}
	for _, tt := range tests {
		var b byteCount
		err := b.UnmarshalText([]byte(tt.text))
		if (err == nil) != tt.ok || b != tt.want {
			t.Errorf("%q: got %d, %v; want %d, ok %v", tt.text, b, err, tt.want, tt.ok)
		}
	}
}
