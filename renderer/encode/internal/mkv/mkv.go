// Package mkv frames raw pictures as a Matroska stream (RFC 9559), so that each
// one reaches ffmpeg's standard input with its own time. It writes the few
// elements that a live stream of one uncompressed track needs, and never seeks.
package mkv

import (
	"encoding/binary"
	"time"
)

// FourCC names a pixel format, as ffmpeg reads it.
type FourCC string

// The pixel formats in use: planar YCbCr 4:2:0 (BT.709, limited range), and
// packed blue, green, red, alpha.
const (
	I420 FourCC = "I420"
	BGRA FourCC = "BGRA"
)

// Header describes the stream: one track of raw pictures.
type Header struct {
	Format        FourCC
	Width, Height int
	FPS           int // how long a picture is shown that no other follows

	Title    string
	Chapters []Chapter
}

// Chapter is a named part of the stream.
type Chapter struct {
	Start, End time.Duration
	Title      string
}

// unit is the resolution of the frames' times. Every cluster carries its own
// time in 64 bits, so a fine unit costs no range.
const unit = time.Microsecond

// Element IDs of RFC 8794 and RFC 9559, with their length markers.
const (
	idEBML               = 0x1a45dfa3
	idDocType            = 0x4282
	idDocTypeVersion     = 0x4287
	idDocTypeReadVersion = 0x4285
	idSegment            = 0x18538067

	idInfo           = 0x1549a966
	idTimestampScale = 0x2ad7b1
	idTitle          = 0x7ba9
	idMuxingApp      = 0x4d80
	idWritingApp     = 0x5741

	idTracks             = 0x1654ae6b
	idTrackEntry         = 0xae
	idTrackNumber        = 0xd7
	idTrackUID           = 0x73c5
	idTrackType          = 0x83
	idFlagLacing         = 0x9c
	idDefaultDuration    = 0x23e383
	idLanguage           = 0x22b59c
	idCodecID            = 0x86
	idVideo              = 0xe0
	idPixelWidth         = 0xb0
	idPixelHeight        = 0xba
	idUncompressedFourCC = 0x2eb524
	idColour             = 0x55b0
	idMatrix             = 0x55b1
	idRange              = 0x55b9
	idTransfer           = 0x55ba
	idPrimaries          = 0x55bb

	idChapters       = 0x1043a770
	idEditionEntry   = 0x45b9
	idChapterAtom    = 0xb6
	idChapterUID     = 0x73c4
	idChapterStart   = 0x91
	idChapterEnd     = 0x92
	idChapterDisplay = 0x80
	idChapterString  = 0x85
	idChapterLang    = 0x437c

	idCluster     = 0x1f43b675
	idTimestamp   = 0xe7
	idSimpleBlock = 0xa3
)

// AppendHeader appends what comes before the first frame.
func AppendHeader(b []byte, h Header) []byte {
	b = master(b, idEBML, func(b []byte) []byte {
		b = text(b, idDocType, "matroska")
		b = number(b, idDocTypeVersion, 4)
		return number(b, idDocTypeReadVersion, 2)
	})
	b = appendID(b, idSegment)
	b = append(b, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff) // of unknown size: it ends with the stream
	b = master(b, idInfo, func(b []byte) []byte {
		b = number(b, idTimestampScale, uint64(unit))
		if h.Title != "" {
			b = text(b, idTitle, h.Title)
		}
		b = text(b, idMuxingApp, "reelay")
		return text(b, idWritingApp, "reelay")
	})
	b = master(b, idTracks, func(b []byte) []byte {
		return master(b, idTrackEntry, h.appendTrack)
	})
	if len(h.Chapters) == 0 {
		return b
	}
	return master(b, idChapters, func(b []byte) []byte {
		return master(b, idEditionEntry, h.appendChapters)
	})
}

func (h Header) appendTrack(b []byte) []byte {
	b = number(b, idTrackNumber, 1)
	b = number(b, idTrackUID, 1)
	b = number(b, idTrackType, 1) // video
	b = number(b, idFlagLacing, 0)
	b = number(b, idDefaultDuration, uint64(time.Second)/uint64(h.FPS))
	b = text(b, idLanguage, "und")
	b = text(b, idCodecID, "V_UNCOMPRESSED")
	return master(b, idVideo, func(b []byte) []byte {
		b = number(b, idPixelWidth, uint64(h.Width))
		b = number(b, idPixelHeight, uint64(h.Height))
		b = text(b, idUncompressedFourCC, string(h.Format))
		if h.Format != I420 {
			return b
		}
		return master(b, idColour, func(b []byte) []byte {
			b = number(b, idMatrix, 1)       // BT.709
			b = number(b, idRange, 1)        // limited
			b = number(b, idTransfer, 1)     // BT.709
			return number(b, idPrimaries, 1) // BT.709
		})
	})
}

func (h Header) appendChapters(b []byte) []byte {
	for i, c := range h.Chapters {
		b = master(b, idChapterAtom, func(b []byte) []byte {
			b = number(b, idChapterUID, uint64(i+1))
			b = number(b, idChapterStart, uint64(c.Start)) // chapter times are always in ns
			b = number(b, idChapterEnd, uint64(c.End))
			return master(b, idChapterDisplay, func(b []byte) []byte {
				b = text(b, idChapterString, c.Title)
				return text(b, idChapterLang, "und")
			})
		})
	}
	return b
}

// AppendFrame appends what comes before the size bytes of a frame that is shown
// from time t on: a cluster of one block.
func AppendFrame(b []byte, t time.Duration, size int) []byte {
	const (
		timestamp  = 1 + 1 + 8 // ID, length, value
		block      = 1 + 8     // ID, length
		blockFront = 1 + 2 + 1 // track, offset from the cluster's time, flags
		track      = 0x81      // 1 as a variable-length integer
		keyframe   = 0x80      // raw pictures depend on nothing
	)
	b = appendID(b, idCluster)
	b = appendLength(b, timestamp+block+blockFront+size)
	b = number(b, idTimestamp, uint64(t/unit))
	b = appendID(b, idSimpleBlock)
	b = appendLength(b, blockFront+size)
	return append(b, track, 0, 0, keyframe)
}

// master appends an element that holds what body appends.
func master(b []byte, id uint64, body func([]byte) []byte) []byte {
	b = appendLength(appendID(b, id), 0)
	start := len(b)
	b = body(b)
	appendLength(b[:start-8], len(b)-start)
	return b
}

func number(b []byte, id, v uint64) []byte {
	return binary.BigEndian.AppendUint64(append(appendID(b, id), 0x88), v)
}

func text(b []byte, id uint64, s string) []byte {
	return append(appendLength(appendID(b, id), len(s)), s...)
}

// appendID appends an element ID, which tells its own length.
func appendID(b []byte, id uint64) []byte {
	for shift := 24; shift >= 0; shift -= 8 {
		if id>>shift != 0 {
			b = append(b, byte(id>>shift))
		}
	}
	return b
}

// appendLength appends a data size in its eight-byte form, which fits any.
func appendLength(b []byte, n int) []byte {
	return binary.BigEndian.AppendUint64(b, 1<<56|uint64(n))
}
