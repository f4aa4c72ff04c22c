package encode

import (
	"fmt"
	"image"
	"strconv"
)

// args are ffmpeg's arguments to encode the Matroska stream on its standard
// input, with frames of the size source, to a file.
func args(format Format, s setting, source image.Point, path string) []string {
	a := []string{
		"-hide_banner", "-nostdin", "-nostats", "-loglevel", "error",
		"-xerror", // a file that can't be completed is an error
		"-f", "matroska", "-analyzeduration", "0", "-i", "pipe:0",
	}
	a = append(a, "-map", "0:v:0", "-fps_mode", "vfr", "-enc_time_base", "1/"+strconv.Itoa(s.fps))
	if image.Pt(s.width, s.height) != source {
		a = append(a, "-vf", fmt.Sprintf("scale=%d:%d:flags=lanczos+accurate_rnd+bitexact", s.width, s.height))
	}
	switch format {
	case MP4:
		a = append(a, x264Args(s)...)
	case WebM:
		a = append(a, vp9Args(s)...)
	case WebP:
		a = append(a, webpArgs(s)...)
	case GIF, PNG:
		panic("encode: " + format + " is not made by ffmpeg")
	}
	// bitexact leaves out versions and dates; with closed groups of pictures a
	// file can be cut at its keyframes.
	return append(a, "-fflags", "+bitexact", "-flags:v", "+bitexact+cgop", "-y", "file:"+path)
}

// keyframes asks for one every 5 s, for scrubbing. Where little happens it asks
// for one in thirty frames, as the frames between are quick to decode and a
// keyframe is a thousand times their size.
const keyframes = "expr:if(isnan(prev_forced_t),1,gte(t,prev_forced_t+5)*gte(n,prev_forced_n+30))"

// maxKeyInterval is more frames than any clip has: keyframes decides alone.
const maxKeyInterval = "1000000"

// threads is fixed, because x264 and libvpx give other bytes with other numbers.
// Two cost hardly more processor time than one, and take frames much quicker.
const threads = "2"

func colourArgs() []string {
	return []string{
		"-pix_fmt", "yuv420p", "-color_range", "tv",
		"-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709",
	}
}

// x264Args make H.264 High. At first speed counts: a constant quantiser needs
// no look at the frames ahead, and psychovisual tuning and adaptive
// quantisation are made for film, not for text. For a size limit every byte
// counts.
func x264Args(s setting) []string {
	a := append(colourArgs(), "-c:v", "libx264", "-profile:v", "high", "-bf", "0")
	if s.fitted {
		a = append(a, "-preset", "faster", "-crf", strconv.Itoa(s.quality),
			"-x264-params", "aq-mode=0:psy=0")
	} else {
		a = append(a, "-preset", "ultrafast", "-qp", strconv.Itoa(s.quality),
			"-x264-params", "cabac=1:8x8dct=1:partitions=i4x4:psy=0:chroma-qp-offset=-3")
	}
	return append(a,
		"-threads", threads,
		"-g", maxKeyInterval, "-force_key_frames", keyframes,
		"-bsf:v", "filter_units=remove_types=6", // the encoder's name and settings, as a message in the stream
		"-movflags", "+faststart", "-map_metadata", "0", "-f", "mp4",
	)
}

func vp9Args(s setting) []string {
	return append(colourArgs(), "-c:v", "libvpx-vp9", "-b:v", "0", "-crf", strconv.Itoa(s.quality),
		"-deadline", "realtime", "-cpu-used", "6", // above, colours stay behind where only they change
		"-lag-in-frames", "0", "-auto-alt-ref", "0",
		"-threads", threads, "-tile-columns", "1",
		"-g", maxKeyInterval, "-force_key_frames", keyframes,
		"-map_metadata", "0", "-f", "webm",
	)
}

func webpArgs(s setting) []string {
	return []string{
		"-pix_fmt", "bgra", "-c:v", "libwebp_anim", "-lossless", "0", "-quality", strconv.Itoa(s.quality),
		"-compression_level", "2", // 4 takes twice as long for 4 % fewer bytes
		"-threads", "1", "-loop", "0", "-f", "webp",
	}
}
