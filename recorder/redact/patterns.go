package redact

import (
	"regexp"
	"strings"
)

// The patterns prefer taking out too little of a long token's surroundings to
// touching what a page needs to look right: style sheets, path data, file
// names with hashes.
var (
	email = regexp.MustCompile(`[A-Za-z0-9._%+\-]{1,64}(?:@|%40)(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,62})\.){1,8}[A-Za-z]{2,24}`)

	// A picture as a data URL (RFC 2397).
	picture = regexp.MustCompile(`^data:image/[a-z+]+;base64,[A-Za-z0-9+/]*={0,2}$`)

	// A JSON Web Token (RFC 7519): its header is an object, so that it begins
	// with the base64url of `{"`.
	jwt = regexp.MustCompile(`eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]+(?:\.[A-Za-z0-9_\-]*)?`)

	// An Authorization header's value (RFC 6750, RFC 7617).
	scheme = regexp.MustCompile(`(?i)\b((?:bearer|basic)\s+)[A-Za-z0-9._~+/\-]{8,}=*`)

	// A query or fragment parameter whose name says that its value is a
	// secret.
	parameter = regexp.MustCompile(`(?i)((?:^|[?&#;\s"'])(?:[a-z0-9]+[_\-.])?(?:access_?token|refresh_?token|id_?token|auth_?token|csrf_?token|token|api_?key|apikey|secret|client_?secret|password|passwd|pwd|passcode|otp|pin|session_?id|sessid|sid|signature|sig|jwt|auth|authorization|credential|code|state|nonce)=)[^&#;\s"'<>)•]+`)

	// Keys that tell their maker by a prefix.
	key = regexp.MustCompile(`\b(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{10,}|\bsk-[A-Za-z0-9_\-]{20,}|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}|\bglpat-[A-Za-z0-9_\-]{16,}|\bxox[abeprs]-[A-Za-z0-9\-]{10,}|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bAIza[A-Za-z0-9_\-]{30,}|\bya29\.[A-Za-z0-9_\-]{20,}|\bSG\.[A-Za-z0-9_\-]{16,}\.[A-Za-z0-9_\-]{16,}|\bnpm_[A-Za-z0-9]{30,}|\bwhsec_[A-Za-z0-9]{16,}|-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?`)
)

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
