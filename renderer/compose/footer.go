package compose

import (
	"image"
	"strings"
	"time"
)

const footerHeight = 32 // CSS pixels

// footerText is how the footer sets what matters, and what goes with it.
type footerText struct {
	strong, plain             style
	strongDigits, plainDigits *digits
}

func newFooterText(t *typesetter, scale float64) footerText {
	f := footerText{
		strong: style{medium, footerSize * scale},
		plain:  style{regular, footerSize * scale},
	}
	f.strongDigits, f.plainDigits = newDigits(t, f.strong), newDigits(t, f.plain)
	return f
}

// drawFooter draws the strip: progress along its top, the time, the address,
// and on the right what is unusual: idleness and a speed other than 1.
func (c *Composer) drawFooter(f *Footer) {
	c.list.shape(rounded(c.strip, 0), ink)
	line := c.strip
	line.Max.Y = line.Min.Y + max(1, c.px(2))
	c.list.shape(rounded(line, 0), faint)
	if f == nil {
		return
	}
	done := line
	done.Max.X = line.Min.X + int(progress(f)*float64(line.Dx())+0.5)
	c.list.shape(rounded(done, 0), accent)

	body := image.Rect(c.strip.Min.X+c.px(14), line.Max.Y, c.strip.Max.X-c.px(14), c.strip.Max.Y)
	left := c.drawTime(f, body)
	right := c.drawSpeed(f.Speed, body)
	if f.Idle {
		body.Max.X = right
		right = c.drawIdle(body)
	}
	body.Min.X, body.Max.X = left, right
	c.drawAddress(f.URL, body)
}

// progress is the part of the session that has passed. It moves in steps of a
// second, with the clock (of a quarter where the session is short): every step
// is a frame to encode, also while nothing else happens.
func progress(f *Footer) float64 {
	step := time.Second
	if f.Total < 30*time.Second {
		step = 250 * time.Millisecond
	}
	if f.Total <= 0 || f.At >= f.Total {
		return 1
	}
	return span(float64(f.At-f.At%step), 0, float64(f.Total))
}

// drawTime returns where the text ends once the clock shows its last second.
func (c *Composer) drawTime(f *Footer, body image.Rectangle) int {
	hours := f.Total >= time.Hour
	y := c.footer.strongDigits.baseline(body.Min.Y, body.Dy())
	x := body.Min.X

	c.number = appendClock(c.number[:0], min(f.At, f.Total), hours)
	c.footer.strongDigits.draw(&c.list, c.number, x, y, bright)
	x += c.footer.strongDigits.width(c.number)

	c.number = appendClock(append(c.number[:0], " / "...), f.Total, hours)
	c.footer.plainDigits.draw(&c.list, c.number, x, y, muted)
	return body.Min.X + c.footer.strongDigits.width(c.number[3:]) + c.footer.plainDigits.width(c.number)
}

// drawSpeed returns the left end of what it drew.
func (c *Composer) drawSpeed(speed float64, body image.Rectangle) int {
	if speed == 1 || speed <= 0 || !finite(speed) {
		return body.Max.X
	}
	c.number = appendSpeed(c.number[:0], speed)
	width, height := c.badgeDigits.width(c.number)+c.px(12), c.px(18)
	x, y := body.Max.X-width, body.Min.Y+(body.Dy()-height)/2
	pill := rounded(rectAt(x, y, width, height), float64(height))
	c.list.shape(pill, accent.fade(0.24))
	c.list.shape(pill.rimmed(c.scale), accent.fade(0.55))
	c.badgeDigits.draw(&c.list, c.number, x+c.px(6), c.badgeDigits.baseline(y, height), bright)
	return x - c.px(12)
}

// drawIdle returns the left end of what it drew.
func (c *Composer) drawIdle(body image.Rectangle) int {
	l := c.text.label(c.footer.plain, "idle", body.Dx(), cutEnd)
	x := body.Max.X - l.width
	l.draw(&c.list, x, c.footer.strongDigits.baseline(body.Min.Y, body.Dy()), muted)
	radius := 3 * c.scale
	x -= c.px(8)
	middle := float64(body.Min.Y+body.Max.Y) / 2
	c.list.shape(ring(float64(x)-radius/2, middle, radius, 1.5*c.scale), muted)
	return x - c.px(16)
}

// drawAddress shows where the page is from: the host plainly, what follows it
// dimmed.
func (c *Composer) drawAddress(url string, body image.Rectangle) {
	rule := image.Rect(body.Min.X+c.px(12), 0, body.Min.X+c.px(12)+max(1, c.px(1)), 0)
	rule.Min.Y = body.Min.Y + (body.Dy()-c.px(13))/2
	rule.Max.Y = rule.Min.Y + c.px(13)
	x := rule.Max.X + c.px(12)
	room := body.Max.X - x
	if url == "" || room < c.px(40) {
		return
	}
	c.list.shape(rounded(rule, 0), faint)

	host, path := splitAddress(url)
	y := c.footer.strongDigits.baseline(body.Min.Y, body.Dy())
	l := c.text.label(c.footer.strong, host, room, cutMiddle)
	l.draw(&c.list, x, y, bright)
	if room -= l.width; path != "" && room >= c.px(24) {
		c.text.label(c.footer.plain, path, room, cutMiddle).draw(&c.list, x+l.width, y, muted)
	}
}

// splitAddress returns the host of a URL and what follows it, without scheme,
// credentials and a bare "/". An address without host is all host.
func splitAddress(url string) (host, path string) {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok || strings.ContainsAny(scheme, "/?#") {
		return url, ""
	}
	host = rest
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		host, path = rest[:i], rest[i:]
	}
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	if host == "" {
		return url, ""
	}
	if path == "/" {
		path = ""
	}
	return host, path
}
