package session

import (
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The page size that is taken where a recording tells none, and the bounds of
// one that it tells.
const (
	defaultWidth  = 1280
	defaultHeight = 720
	minSide       = 64
	maxSide       = 4096
)

// addMetas makes a Meta event for each stream whose first full snapshot has
// none, as before rrweb 0.7, and returns their entries.
func (c *collector) addMetas(starts []streamStart) ([]entry, error) {
	var added []entry
	for stream, s := range starts {
		if s.snapshot < 0 || s.meta >= 0 {
			continue
		}
		page, err := c.pageOf(uint16(stream), s.snapshot)
		if err != nil {
			return nil, err
		}
		data := appendMeta(nil, page)
		at, err := c.spool.append(data)
		if err != nil {
			return nil, err
		}
		added = append(added, entry{
			offset: at,
			micros: c.index[s.snapshot].micros,
			size:   uint32(len(data)), //nolint:gosec // one small object
			stream: uint16(stream),
			typ:    uint8(Meta),
			source: int8(NoSource),
		})
	}
	return added, c.spool.flush()
}

// pageOf gathers what the events of a stream without a first Meta tell of its
// page: the oldest recorders put address and size into the load events before
// the snapshot, which is at index first. Failing that, the size is that of a
// later page.
func (c *collector) pageOf(stream uint16, first int) (PageMeta, error) {
	var page PageMeta
	for i, e := range c.index {
		typ := EventType(e.typ)
		tells := typ == Meta || i < first && isBare(typ)
		if e.stream != stream || !tells {
			continue
		}
		told, err := c.pageTold(e)
		if err != nil {
			return PageMeta{}, err
		}
		if i < first && told.Href != "" {
			page.Href = told.Href
		}
		if told.Width > 0 && told.Height > 0 && (i < first || page.Width == 0) {
			page.Width, page.Height = told.Width, told.Height
		}
	}
	if page.Width == 0 {
		page.Width, page.Height = defaultWidth, defaultHeight
	}
	page.Width = min(max(page.Width, minSide), maxSide)
	page.Height = min(max(page.Height, minSide), maxSide)
	return page, nil
}

// pageTold is what the data of a Meta or load event tells; members of other
// types than expected tell nothing.
func (c *collector) pageTold(e entry) (PageMeta, error) {
	data := make([]byte, e.size)
	if err := c.spool.read(data, e.offset); err != nil {
		return PageMeta{}, err
	}
	var told metaPayload
	_ = json.Unmarshal(data, &told)
	return told.page(), nil
}

// appendMeta appends the data of a Meta event.
func appendMeta(b []byte, page PageMeta) []byte {
	b = append(b, `{"href":`...)
	b, _ = jsontext.AppendQuote(b, page.Href) // valid UTF-8: it was decoded
	b = append(b, `,"width":`...)
	b = strconv.AppendInt(b, int64(page.Width), 10)
	b = append(b, `,"height":`...)
	b = strconv.AppendInt(b, int64(page.Height), 10)
	return append(b, '}')
}
