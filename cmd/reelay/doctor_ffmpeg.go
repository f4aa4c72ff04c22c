package main

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"
)

// checkFFmpeg looks for ffmpeg and ffprobe and for the encoders that clips need.
func checkFFmpeg(ctx context.Context) []finding {
	const remedy = "apt-get install ffmpeg"
	var findings []finding
	for _, program := range []string{"ffmpeg", "ffprobe"} {
		banner, err := output(ctx, program, "-version")
		if err != nil {
			findings = append(findings, finding{program, stateFail, err.Error(), remedy})
			continue
		}
		// The first line is "ffmpeg version 5.1.9-0+deb12u1 Copyright (c) …".
		line, _, _ := strings.Cut(banner, "\n")
		line, _, _ = strings.Cut(line, " Copyright")
		findings = append(findings, finding{Check: program, State: stateOK, Detail: line})
	}
	if findings[0].State == stateOK {
		findings = append(findings, checkEncoders(ctx))
	}
	return findings
}

// checkEncoders compares ffmpeg's encoders with those of the formats that it
// makes; GIF and PNG are made here. A build without one of them still makes the
// other formats.
func checkEncoders(ctx context.Context) finding {
	list, err := output(ctx, "ffmpeg", "-hide_banner", "-encoders")
	if err != nil {
		return finding{"encoders", stateFail, err.Error(), "install another build of ffmpeg"}
	}
	// A line is " V....D libx264  libx264 H.264 / AVC …".
	var have []string
	for line := range strings.Lines(list) {
		if fields := strings.Fields(line); len(fields) > 1 {
			have = append(have, fields[1])
		}
	}
	needed := []struct{ encoder, format string }{
		{"libx264", "mp4"}, {"libvpx-vp9", "webm"}, {"libwebp_anim", "webp"},
	}
	var found, missing []string
	for _, n := range needed {
		if slices.Contains(have, n.encoder) {
			found = append(found, n.encoder)
		} else {
			missing = append(missing, fmt.Sprintf("%s (for .%s)", n.encoder, n.format))
		}
	}
	switch {
	case len(found) == 0:
		return finding{"encoders", stateFail, "none of those that reelay uses", "install a full build of ffmpeg: apt-get install ffmpeg"}
	case len(missing) > 0:
		return finding{"encoders", stateWarn, "no " + strings.Join(missing, ", "), "install a full build of ffmpeg: apt-get install ffmpeg"}
	}
	return finding{Check: "encoders", State: stateOK, Detail: strings.Join(found, ", ")}
}

// output runs a program of the system and returns what it prints to standard
// output.
func output(ctx context.Context, program string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, programDeadline)
	defer cancel()
	out, err := exec.CommandContext(ctx, program, args...).Output()
	if err != nil {
		return "", fmt.Errorf("run %s: %w", program, err)
	}
	return strings.TrimSpace(string(out)), nil
}
