package session

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// BenchmarkRead reads recordings of 5 MB, one of snapshots of a large page and
// one of mouse moves, encoded in the ways that cost most.
func BenchmarkRead(b *testing.B) {
	for kind, events := range map[string][]string{"snapshots": snapshots(5 << 20), "moves": moves(5 << 20)} {
		for encoding, encode := range map[string]func([]string) []byte{
			"plain":  func(e []string) []byte { return []byte(list(e...)) },
			"gzip":   func(e []string) []byte { return gz(list(e...)) },
			"packed": func(e []string) []byte { return []byte(list(packAll(e)...)) },
			"fields": func(e []string) []byte { return []byte(list(squeezeAll(e)...)) },
		} {
			b.Run(kind+"/"+encoding, func(b *testing.B) {
				text := encode(events)
				dir, log := b.TempDir(), slog.New(slog.DiscardHandler)
				b.SetBytes(int64(len(list(events...))))
				b.ReportAllocs()
				for b.Loop() {
					r, err := Read(b.Context(), dir, []Part{part("a", text)}, log)
					if err != nil {
						b.Fatal(err)
					}
					if r.Len() != len(events) {
						b.Fatalf("%d events of %d", r.Len(), len(events))
					}
					if err := r.Close(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// squeezeAll compresses the data of each event.
func squeezeAll(events []string) []string {
	out := make([]string, len(events))
	for i, e := range events {
		_, rest, _ := strings.Cut(e, `"data":`)
		out[i] = squeeze(e, rest[:strings.LastIndexByte(rest, ',')])
	}
	return out
}

// BenchmarkLoad loads the events of a recording one by one.
func BenchmarkLoad(b *testing.B) {
	r := mustRead(b, part("a", list(moves(1<<20)...)))
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if _, err := r.Load(i % r.Len()); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

// snapshots is a recording of full snapshots of about a megabyte each.
func snapshots(size int) []string {
	var page strings.Builder
	page.WriteString(`{"node":{"type":0,"id":1,"childNodes":[{"type":2,"tagName":"html","attributes":{},"id":2,"childNodes":[`)
	for i := 3; page.Len() < 1<<20; i += 2 {
		if i > 3 {
			page.WriteByte(',')
		}
		fmt.Fprintf(&page, `{"type":2,"tagName":"a","attributes":{"class":"nav-item %d","href":"https://shop.example/p/%d?x=%[1]d"},`+
			`"childNodes":[{"type":3,"textContent":"Größe \"%[1]d\"\n","id":%d}],"id":%[1]d}`, i, i*i, i+1)
	}
	page.WriteString(`]}]},"initialOffset":{"left":0,"top":0}}`)
	events := []string{ev(4, metaData, t0)}
	for n := page.Len(); n <= size; n += page.Len() {
		events = append(events, ev(2, page.String(), t0+int64(len(events))))
	}
	return events
}

// moves is a recording of small events.
func moves(size int) []string {
	events := []string{ev(4, metaData, t0), ev(2, fullData, t0)}
	for n := 0; n < size; {
		i := len(events)
		e := ev(3, fmt.Sprintf(`{"source":1,"positions":[{"x":%d,"y":%d.5,"id":%d,"timeOffset":-450},{"x":%[2]d,"y":%[1]d,"id":%[3]d,"timeOffset":0}]}`,
			i%1280, i%720, i%97), t0+int64(i)*50)
		events = append(events, e)
		n += len(e) + 1
	}
	return events
}
