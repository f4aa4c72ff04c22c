package redact

import (
	"encoding/base64"
	"regexp"
	"strings"
)

// The patterns prefer taking out too little of a long token's surroundings to
// touching what a page needs to look right: style sheets, path data, file
// names with hashes.
var (
	email = regexp.MustCompile(`[A-Za-z0-9._%+\-]{1,64}(?:@|%40)(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,62})\.){1,8}[A-Za-z]{2,24}`)

	// The name of a picture for screens of a higher density, which looks like one.
	retina = regexp.MustCompile(`(?i)(?:@|%40)[\d.]+x\.(?:[a-z\d\-]+\.)*(?:png|jpe?g|gif|webp|avif|svg|ico)$`)

	// A picture as a data URL (RFC 2397).
	picture = regexp.MustCompile(`^data:image/[a-z+]+;base64,[A-Za-z0-9+/]*={0,2}$`)

	// A JSON Web Token (RFC 7519): its header is an object, so that it begins
	// with the base64url of `{"`.
	jwt = regexp.MustCompile(`eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]+(?:\.[A-Za-z0-9_\-]*)?`)

	// An Authorization header's value (RFC 6750, RFC 7617), or a word behind one.
	scheme = regexp.MustCompile(`(?i)\b(bearer|basic)(\s+)([A-Za-z0-9._~+/\-]{8,}=*)`)

	// The data of a drawing in SVG: a path's, or points.
	path   = regexp.MustCompile(`^\s*[Mm][MLHVCSQTAZmlhvcsqtaze\d\s,.+\-]*$`)
	points = regexp.MustCompile(`^[eE\d\s,.+\-]*$`)

	// A query or fragment parameter whose name says that its value is a
	// secret.
	parameter = regexp.MustCompile(`(?i)((?:^|[?&#;\s"'])(?:[\w.\-]*[_.\-])?(?:[a-z]*(?:token|secret|passw(?:or)?d|passcode|passphrase|sess(?:ion)?_?id|signature|credential)|(?:api|access)[_\-]?key|pwd|otp|pin|sid|sig|jwt|auth(?:orization)?|code|state|nonce|ticket)=)[^&#;\s"'<>)•]+`)

	// Keys that tell their maker by a prefix.
	key = regexp.MustCompile(`\b(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{10,}|\bsk-[A-Za-z0-9_\-]{20,}|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}|\bglpat-[A-Za-z0-9_\-]{16,}|\bxox[abeprs]-[A-Za-z0-9\-]{10,}|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bAIza[A-Za-z0-9_\-]{30,}|\bya29\.[A-Za-z0-9_\-]{20,}|\bSG\.[A-Za-z0-9_\-]{16,}\.[A-Za-z0-9_\-]{16,}|\bnpm_[A-Za-z0-9]{30,}|\bwhsec_[A-Za-z0-9]{16,}|-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?`)
)

// replaceEmails takes out e-mail addresses.
func replaceEmails(s string) string {
	return email.ReplaceAllStringFunc(s, func(found string) string {
		if retina.MatchString(found) {
			return found
		}
		return Mask
	})
}

// longToken is the length, in bytes, from which a bearer's token needs no digit
// to be told from a word.
const longToken = 20

// replaceSchemes takes out what stands behind the name of a scheme, unless it
// is a word of a text, as in "basic information".
func replaceSchemes(s string) string {
	return scheme.ReplaceAllStringFunc(s, func(found string) string {
		m := scheme.FindStringSubmatch(found)
		token := m[3]
		if strings.EqualFold(m[1], "basic") {
			pair, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(token, "="))
			if err != nil || !strings.Contains(string(pair), ":") {
				return found
			}
		} else if len(token) < longToken && !strings.ContainsAny(token, "0123456789") {
			return found
		}
		return m[1] + m[2] + Mask
	})
}

// hasKeyPrefix tells cheaply whether key can match.
func hasKeyPrefix(s string) bool {
	for _, prefix := range [...]string{
		"_live_", "_test_", "sk-", "gh", "glpat-", "xox", "AKIA", "ASIA", "AIza", "ya29.", "SG.", "npm_", "whsec_", "PRIVATE KEY",
	} {
		if strings.Contains(s, prefix) {
			return true
		}
	}
	return false
}
