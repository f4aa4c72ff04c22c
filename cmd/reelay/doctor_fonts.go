package main

import (
	"context"
	"strings"
)

// checkFonts asks fontconfig, as Chrome does, for a font that has one typical
// character of each script that recordings commonly show. Without one, boxes
// stand in for the text.
func checkFonts(ctx context.Context) []finding {
	scripts := []struct {
		check   string
		family  string // the generic family that pages ask for
		needs   string // fontconfig's pattern of what the font must have
		pack    string // Debian's package
		missing state
	}{
		{"fonts: Latin", "sans-serif", ":charset=61", "fonts-liberation", stateFail},
		{"fonts: CJK", "sans-serif", ":charset=8a9e", "fonts-noto-cjk", stateWarn},
		{"fonts: emoji", "emoji", ":charset=1f600:color=true", "fonts-noto-color-emoji", stateWarn},
	}
	findings := make([]finding, 0, len(scripts))
	for _, s := range scripts {
		// fc-match always answers with some font; fc-list only if one fits.
		list, err := output(ctx, "fc-list", s.needs, "family")
		if err != nil {
			return []finding{{"fonts", stateFail, err.Error(), "apt-get install fontconfig " + s.pack}}
		}
		if strings.TrimSpace(list) == "" {
			findings = append(findings, finding{s.check, s.missing, "no font for these", "apt-get install " + s.pack})
			continue
		}
		match, err := output(ctx, "fc-match", "-f", "%{family[0]}", s.family+s.needs)
		if err != nil {
			return []finding{{"fonts", stateFail, err.Error(), "apt-get install fontconfig"}}
		}
		findings = append(findings, finding{Check: s.check, State: stateOK, Detail: match})
	}
	return findings
}
