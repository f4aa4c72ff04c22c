package renderer

import (
	"fmt"
	"io"
	"strings"
)

// Summary writes the report for a person to read.
func (r *ShotsReport) Summary(w io.Writer) error {
	var b strings.Builder
	switch {
	case r.Nothing && r.LeftOut > 0:
		fmt.Fprintf(&b, "no step of those asked for: one still of the last page, in %s\n", seconds(r.Wall))
	case r.Nothing:
		fmt.Fprintf(&b, "nobody did anything: one still of the last page, in %s\n", seconds(r.Wall))
	case r.LeftOut > 0:
		fmt.Fprintf(&b, "%s in %s; %d more were left out\n", steps(len(r.Steps)), seconds(r.Wall), r.LeftOut)
	default:
		fmt.Fprintf(&b, "%s in %s\n", steps(len(r.Steps)), seconds(r.Wall))
	}
	if r.Retries > 0 {
		fmt.Fprintf(&b, "  chrome was restarted %d times\n", r.Retries)
	}
	for _, lost := range r.Lost {
		fmt.Fprintf(&b, "  target not in the recording: %s\n", lost)
	}
	for _, note := range r.Notes {
		fmt.Fprintf(&b, "  %s\n", note)
	}
	for _, repair := range r.Repaired {
		fmt.Fprintf(&b, "  repaired: %s\n", repair.Text)
	}
	summarise(&b, "not in the recording", r.Missing)
	summarise(&b, "shown as a placeholder", r.Unsupported)
	_, err := io.WriteString(w, b.String())
	return err
}

func steps(n int) string {
	if n == 1 {
		return "1 step"
	}
	return fmt.Sprintf("%d steps", n)
}
