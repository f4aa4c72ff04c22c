package session

import (
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// stream follows the JSON values of one text, one after the other. Where the
// text is broken it goes on at the next line; errDamaged says that it gave up.
// start is the offset of the text in the part.
func (w *walker) stream(r io.Reader, start int64) error {
	w.feed = &feed{r: r}
	w.base = start
	for range w.lim.resumes {
		w.feed.read = 0
		w.dec = jsontext.NewDecoder(w.feed, lenient()...)
		w.buf = w.buf[:0]
		err := w.values()
		if err == nil || !isBroken(err) {
			return err
		}
		if err := w.tooDeep(err); err != nil {
			return err
		}
		bad, ok := errors.AsType[*jsontext.SyntacticError](err)
		if !ok || errors.Is(err, io.ErrUnexpectedEOF) {
			w.out.note(NoteTruncated, w.place())
			return errDamaged
		}
		w.out.note(NoteUndecodable, w.placeAt(w.base+bad.ByteOffset))
		if err := w.nextLine(bad.ByteOffset); err != nil {
			return err
		}
	}
	w.out.note(NoteTruncated, w.placeAt(w.base))
	return errDamaged
}

// values follows values up to the end of the text.
func (w *walker) values() error {
	for {
		if w.dec.PeekKind() == jsontext.KindInvalid {
			if _, err := w.dec.ReadToken(); !errors.Is(err, io.EOF) {
				return err
			}
			return nil
		}
		if err := w.value(w.dec, "", 0); err != nil {
			return err
		}
	}
}

// nextLine moves the feed behind the first line end after an offset of the decoder.
func (w *walker) nextLine(offset int64) error {
	unread := w.dec.UnreadBuffer()
	skip := max(0, min(offset-w.dec.InputOffset(), int64(len(unread))))
	w.base += w.dec.InputOffset() + skip
	w.feed.unread(unread[skip:])
	n, err := w.feed.skipLine()
	w.base += n
	return err
}

// isBroken tells bad text from failures to read it or to keep what is in it.
func isBroken(err error) bool {
	if isFatal(err) {
		return false
	}
	_, syntax := errors.AsType[*jsontext.SyntacticError](err)
	return syntax || isDamaged(err) || errors.Is(err, io.ErrUnexpectedEOF)
}
