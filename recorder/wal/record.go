package wal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strconv"
	"strings"
)

// A segment is the magic, then records: length of the payload (4 bytes, little
// endian), CRC-32C of these four bytes and the payload (4 bytes), payload.
const (
	magic      = "reelay wal 1\n"
	headerSize = 8
	suffix     = ".wal"
)

// ErrTorn says that a segment ends, or that what follows is not a record.
var ErrTorn = errors.New("record is torn")

func name(number uint64) string { return fmt.Sprintf("%016x%s", number, suffix) }

// parseName is the inverse of name; other files in the directory are not ours.
func parseName(file string) (uint64, bool) {
	digits, ok := strings.CutSuffix(file, suffix)
	if !ok || len(digits) != 16 {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 16, 64)
	return n, err == nil && name(n) == file
}

func checksum(length, payload []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	return crc32.Update(crc32.Checksum(length, table), table, payload)
}

func appendRecord(dst, payload []byte) []byte {
	var header [headerSize]byte
	binary.LittleEndian.PutUint32(header[:4], uint32(len(payload))) //nolint:gosec // at most MaxRecord
	binary.LittleEndian.PutUint32(header[4:], checksum(header[:4], payload))
	return append(append(dst, header[:]...), payload...)
}

// scan calls each with the payload of every record of a segment, up to the
// first that is torn. It returns the offset behind the last good one, and an
// error only if each or the reading failed.
func scan(r io.Reader, buf []byte, each func(offset int64, payload []byte) error) (int64, error) {
	head := make([]byte, len(magic))
	if _, err := io.ReadFull(r, head); err != nil || string(head) != magic {
		return 0, readError(err)
	}
	offset := int64(len(magic))
	for {
		payload, err := next(r, buf)
		if errors.Is(err, ErrTorn) {
			return offset, nil
		}
		if err != nil {
			return offset, err
		}
		buf = payload[:0]
		if err := each(offset, payload); err != nil {
			return offset, err
		}
		offset += int64(headerSize + len(payload))
	}
}

// next reads one record. It trusts the length only as far as bytes follow.
func next(r io.Reader, buf []byte) ([]byte, error) {
	var header [headerSize]byte
	if _, err := io.ReadFull(r, header[:]); err != nil {
		return nil, torn(err)
	}
	length := int64(binary.LittleEndian.Uint32(header[:4]))
	if length == 0 || length > MaxRecord {
		return nil, ErrTorn
	}
	payload, err := readLimited(r, length, buf)
	if err != nil {
		return nil, torn(err)
	}
	if binary.LittleEndian.Uint32(header[4:]) != checksum(header[:4], payload) {
		return nil, ErrTorn
	}
	return payload, nil
}

// readLimited reads length bytes, growing the buffer as they come.
func readLimited(r io.Reader, length int64, buf []byte) ([]byte, error) {
	const step = 1 << 20
	buf = buf[:0]
	for int64(len(buf)) < length {
		n := int(min(step, length-int64(len(buf))))
		start := len(buf)
		buf = append(buf, make([]byte, n)...)
		if _, err := io.ReadFull(r, buf[start:]); err != nil {
			return nil, err
		}
	}
	return buf, nil
}

// torn turns the end of a file into ErrTorn.
func torn(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrTorn
	}
	return fmt.Errorf("read segment: %w", err)
}

func readError(err error) error {
	if err == nil || errors.Is(torn(err), ErrTorn) {
		return nil
	}
	return torn(err)
}

func readAt(f io.ReaderAt, pos Position) ([]byte, error) {
	r := io.NewSectionReader(f, pos.Offset, int64(headerSize+pos.Length))
	payload, err := next(r, nil)
	if err != nil {
		return nil, fmt.Errorf("read record at %d of segment %d: %w", pos.Offset, pos.Segment, err)
	}
	if len(payload) != pos.Length {
		return nil, fmt.Errorf("read record at %d of segment %d: length %d, want %d: %w", pos.Offset, pos.Segment, len(payload), pos.Length, ErrTorn)
	}
	return payload, nil
}
