package compose

import (
	"image"
	"math"
	"strconv"
)

// Storyboard is a contact sheet of stills that fits a slide.
type Storyboard struct {
	Title string
	About string // set small below the title
	Tiles []Tile
}

// Tile is one still of a storyboard: a page that has been scaled to the plan's
// size, or smaller, and the still with its positions on it.
type Tile struct {
	Page  Picture
	Still Still
}

// The size of a storyboard in pixels: that of a slide.
const (
	BoardWidth  = 1920
	BoardHeight = 1080
)

// MostTiles is how many stills a storyboard shows; more could not be read.
const MostTiles = 24

// Measures of a storyboard in pixels.
const (
	boardMargin  = 48
	boardHeader  = 78
	boardGapX    = 30
	boardGapY    = 22
	boardCaption = 50 // below each picture: two lines
	tileSize     = 16
	tileLead     = 21
	titleSize    = 30
	aboutSize    = 16
)

// Plan is how a storyboard is laid out.
type Plan struct {
	Columns, Rows int
	Width, Height int // of a picture, at most
}

// PlanBoard lays out n pictures of the given size (those of several sizes: the
// largest), as large as they can be.
func PlanBoard(n, width, height int) Plan {
	n = max(1, min(n, MostTiles))
	var best Plan
	for columns := 1; columns <= n; columns++ {
		rows := (n + columns - 1) / columns
		roomX := (BoardWidth - 2*boardMargin - (columns-1)*boardGapX) / columns
		roomY := (BoardHeight-2*boardMargin-boardHeader-(rows-1)*boardGapY)/rows - boardCaption
		if roomX < 1 || roomY < 1 {
			continue
		}
		shrink := min(float64(roomX)/float64(width), float64(roomY)/float64(height), 1)
		p := Plan{Columns: columns, Rows: rows, Width: int(float64(width) * shrink), Height: int(float64(height) * shrink)}
		if p.Width*p.Height > best.Width*best.Height {
			best = p
		}
	}
	return best
}

// cells returns the distances between the pictures' corners, and where the
// first row begins: what room is left goes above and below all rows.
func (p Plan) cells() (x, y, top int) {
	const (
		mostGapX, mostGapY = 96, 48
		caption            = 320 // room for a caption below a narrow picture
	)
	x = (BoardWidth - 2*boardMargin + boardGapX) / p.Columns
	x = min(x, max(p.Width+mostGapX, caption))
	room := BoardHeight - 2*boardMargin - boardHeader
	row := p.Height + boardCaption
	gap := boardGapY
	if p.Rows > 1 {
		gap = min((room-p.Rows*row)/(p.Rows-1), mostGapY)
	}
	left := room - p.Rows*row - (p.Rows-1)*gap
	return x, row + gap, boardMargin + boardHeader + max(left, 0)/3
}

// DrawBoard draws a storyboard with pictures as planned.
func (i *Illustrator) DrawBoard(b Storyboard, p Plan) Picture {
	canvas := Picture{Width: BoardWidth, Height: BoardHeight, Pix: make([]byte, 4*BoardWidth*BoardHeight)}
	list, text := &i.pen.list, i.pen.text
	list.reset()
	list.clip = canvas.bounds()
	list.shape(rounded(canvas.bounds(), 0), i.look.ground)
	i.paint(canvas)
	list.reset()

	title, about := style{medium, titleSize}, style{regular, aboutSize}
	room := BoardWidth - 2*boardMargin
	text.label(title, b.Title, room, cutEnd).draw(list, boardMargin, boardMargin+text.capHeight(title), i.look.text)
	text.label(about, b.About, room, cutEnd).draw(list, boardMargin, boardMargin+text.capHeight(title)+30, i.look.soft)

	cellX, cellY, top := p.cells()
	for n := range b.Tiles {
		t := &b.Tiles[n]
		at := image.Pt(boardMargin+n%p.Columns*cellX, top+n/p.Columns*cellY)
		i.tile(canvas, t, at, cellX-boardGapX)
	}
	i.paint(canvas)
	return canvas
}

// tile draws one picture with its marks at a place, and its caption below it.
func (i *Illustrator) tile(canvas Picture, t *Tile, at image.Point, room int) {
	list, text := &i.pen.list, i.pen.text
	area := t.Page.bounds().Add(at)
	frame := rounded(area, 0)
	list.clip = canvas.bounds()
	list.shape(frame.grown(1), i.look.line)
	i.paint(canvas)
	list.reset()
	for y := range t.Page.Height {
		copy(canvas.Pix[canvas.offset(at.X, at.Y+y):], t.Page.Pix[t.Page.offset(0, y):t.Page.offset(t.Page.Width, y)])
	}

	list.clip = area
	i.mark(canvas, area, moved(t.Still, at), tileUnit(t.Page))
	list.clip = canvas.bounds()
	s := style{medium, tileSize}
	number := text.label(s, numbered(t.Still.Number), room, cutEnd)
	baseline := area.Max.Y + 12 + text.capHeight(s)
	number.draw(list, at.X, baseline, i.look.number)
	caption := trimSpace(clean(bounded(t.Still.Caption, cutEnd)))
	for _, line := range text.wrap(style{regular, tileSize}, caption, max(room-number.width, 1)) {
		text.rasterise(style{regular, tileSize}, line).draw(list, at.X+number.width, baseline, i.look.text)
		baseline += tileLead
	}
	i.paint(canvas)
	list.reset()
}

// tileUnit is the size of marks on a small picture.
func tileUnit(p Picture) float64 {
	return min(max(math.Sqrt(float64(p.Width*p.Height))/640, 0.55), 1)
}

// moved is the still on a picture whose corner lies at a place.
func moved(s Still, at image.Point) Still {
	if s.Box != nil {
		box := *s.Box
		box.X, box.Y = box.X+float64(at.X), box.Y+float64(at.Y)
		s.Box = &box
	}
	if s.Point != nil {
		point := *s.Point
		point.X, point.Y = point.X+float64(at.X), point.Y+float64(at.Y)
		s.Point = &point
	}
	return s
}

// numbered is a step's number as it stands before a caption; a still that is
// no step has none.
func numbered(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n) + " · "
}
