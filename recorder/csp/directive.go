package csp

import "strings"

// whitespace is the ASCII whitespace that separates the parts of a directive.
const whitespace = "\t\n\f\r "

// directive is one directive of a policy and where it ends in its text.
type directive struct {
	name    string // lower case
	sources []string
	start   int // offset of its first byte that is not whitespace
	end     int // offset behind its last one
}

// parse reads the directives of one policy. Of those with the same name only
// the first counts, as in a browser.
func parse(policy string) []directive {
	var out []directive
	start := 0
	for text := range strings.SplitSeq(policy, ";") {
		fields := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(whitespace, r) })
		if len(fields) > 0 {
			d := directive{name: strings.ToLower(fields[0]), sources: fields[1:]}
			d.start = start + len(text) - len(strings.TrimLeft(text, whitespace))
			d.end = start + len(strings.TrimRight(text, whitespace))
			if governing(out, d.name) == nil {
				out = append(out, d)
			}
		}
		start += len(text) + 1
	}
	return out
}

// governing returns the first of the named directives that the policy has.
func governing(list []directive, names ...string) *directive {
	for _, name := range names {
		for i := range list {
			if list[i].name == name {
				return &list[i]
			}
		}
	}
	return nil
}

// extend adds sources to the directive, or, when it is default-src, derives
// the directive called name from it.
func (d *directive) extend(name string, sources []string) []Insertion {
	if len(sources) == 0 {
		return nil
	}
	text := " " + strings.Join(sources, " ")
	if d.name == "default-src" {
		text = "; " + strings.Join(append([]string{name}, d.inherited()...), " ") + text
	}
	return []Insertion{{Offset: d.end, Text: text}}
}

// inherited is the source list without 'none', which means nothing beside
// other sources and which browsers warn about.
func (d *directive) inherited() []string {
	var out []string
	for _, s := range d.sources {
		if !strings.EqualFold(s, "'none'") {
			out = append(out, s)
		}
	}
	return out
}

func (d *directive) has(source string) bool { return contains(d.sources, source) }
