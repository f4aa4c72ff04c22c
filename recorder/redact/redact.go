// Package redact takes personal data and secrets out of recorded events before
// they reach a disk. It is the second line: the script masks first, and what
// it lets through by mistake, or because somebody else wrote the event, ends
// here. It works on bytes alone and imports no other package of reelay.
package redact

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// Mask stands for whatever was taken out, however long it was.
const Mask = "•••••"

// Shown begins a text that a site has unmasked by a mark in its page. The script
// writes it; it is taken off, and credentials and cards are taken out all the
// same.
const Shown = "\uFDD0"

// Redactor takes out what looks like personal data or a credential, and the
// values that are known to be secret.
type Redactor struct {
	secrets *Secrets
	scope   Scope
}

// Scope says what a Redactor looks for.
type Scope int

// The scopes. Credentials and card numbers are taken out in both.
const (
	Personal    Scope = iota // personal data too: e-mail, telephone, IBAN
	Credentials              // nothing else, for sites that hold made-up people
)

// New returns a Redactor that also takes out what is in secrets, which may be
// nil.
func New(scope Scope, secrets *Secrets) *Redactor { return &Redactor{secrets: secrets, scope: scope} }

// String returns text with everything that must not be kept replaced by Mask.
// Invalid UTF-8 becomes U+FFFD. A picture's base64 has nothing to be read, and
// would only be broken by what looks like a number in it.
func (r *Redactor) String(text string) string { return r.text(text, false) }

// URL returns the form under which what was served for an address is kept:
// redacted, with the masks that are in it already as they were before a browser
// encoded them.
func (r *Redactor) URL(address string) string {
	return r.String(strings.ReplaceAll(address, url.PathEscape(Mask), Mask))
}

// text redacts a text; numbers that draw something are left.
func (r *Redactor) text(text string, drawing bool) string {
	if picture.MatchString(text) {
		return text
	}
	out, shown := strings.CutPrefix(text, Shown)
	scope := r.scope
	if shown {
		scope = Credentials
	}
	if r.secrets != nil {
		out = r.secrets.replace(out)
	}
	if scope == Personal && (strings.Contains(out, "@") || strings.Contains(out, "%40")) {
		out = replaceEmails(out)
	}
	if strings.Contains(out, "eyJ") {
		out = jwt.ReplaceAllString(out, Mask)
	}
	if strings.Contains(out, "earer") || strings.Contains(out, "asic") || strings.Contains(out, "EARER") || strings.Contains(out, "ASIC") {
		out = replaceSchemes(out)
	}
	if strings.Contains(out, "=") {
		out = parameter.ReplaceAllString(out, "${1}"+Mask)
	}
	if hasKeyPrefix(out) {
		out = key.ReplaceAllString(out, Mask)
	}
	if !drawing && longDigits(out) {
		out = replaceNumbers(out, scope)
	}
	if !utf8.ValidString(out) {
		out = strings.ToValidUTF8(out, "\uFFFD")
	}
	return out
}
