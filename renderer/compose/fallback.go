package compose

import (
	"fmt"
	"slices"
)

// Lacks returns the runes of text for which there is no font, each once.
func (c *Composer) Lacks(text string) []rune { return c.text.lacks(text) }

// AddFont adds a font for what is set from now on.
func (c *Composer) AddFont(f Font) error { return c.text.addFont(f) }

// Lacks returns the runes of text for which there is no font, each once.
func (i *Illustrator) Lacks(text string) []rune { return i.pen.text.lacks(text) }

// AddFont adds a font for what is set from now on.
func (i *Illustrator) AddFont(f Font) error { return i.pen.text.addFont(f) }

func (t *typesetter) lacks(text string) []rune {
	var missing []rune
	for _, r := range clean(bounded(text, cutEnd)) {
		if isSymbol(r) || slices.Contains(missing, r) {
			continue
		}
		if _, ok := t.ResolveFace(r).NominalGlyph(r); !ok {
			missing = append(missing, r)
		}
	}
	return missing
}

func (t *typesetter) addFont(f Font) error {
	face, err := parseFace(f)
	if err != nil {
		return fmt.Errorf("parse font: %w", err)
	}
	t.fallback = append(t.fallback, face)
	clear(t.labels)
	return nil
}
