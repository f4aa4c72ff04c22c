package inject

import "io"

// page is a rewritten body: reading it reads the document, closing it closes
// the origin's body.
type page struct {
	*Reader

	origin io.Closer
	done   func(Outcome)
}

func (p *page) Read(b []byte) (int, error) {
	n, err := p.Reader.Read(b)
	if err != nil {
		p.report()
	}
	return n, err
}

func (p *page) Close() error {
	p.report()
	return p.origin.Close()
}

func (p *page) report() {
	if p.done != nil {
		p.done(p.Outcome())
		p.done = nil
	}
}
