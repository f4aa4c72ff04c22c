package session

import (
	"net/url"
	"regexp"
)

// secretParameter is a parameter of an address, in its query or fragment, whose
// name says that its value is a secret.
var secretParameter = regexp.MustCompile(`(?i)([?&#;](?:[a-z0-9]+[_\-.])?(?:(?:access|refresh|id|auth|csrf)?_?token|api_?key|(?:client_?)?secret|passw(?:or)?d|pwd|passcode|otp|pin|session_?id|sessid|sid|sig(?:nature)?|jwt|auth(?:orization)?|credentials?|code|state|nonce|(?:credit_?)?card(?:_?(?:no|num|number))?|cvc|cvv|csc|iban|ssn)=)[^&#;]+`)

// WithoutSecrets hides the values of an address that must not be repeated: those
// of parameters that are named like tokens, passwords or the numbers of cards.
func WithoutSecrets(address string) string {
	return secretParameter.ReplaceAllString(address, "${1}"+mask)
}

// PageName names a page: its title, else its address without scheme.
func PageName(title, address string) string {
	if title != "" && !IsMask(title) {
		return quote60(title)
	}
	if short := ShortURL(address); short != "" && short != "#" {
		return cut(short, longestQuote)
	}
	return "the page"
}

// ShortURL is host and path of an address, for people.
func ShortURL(address string) string {
	address = WithoutSecrets(address)
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return oneLine(address, longestText)
	}
	short := u.Host + u.EscapedPath()
	if u.RawQuery != "" {
		short += "?" + u.RawQuery
	}
	if u.Fragment != "" {
		short += "#" + u.EscapedFragment()
	}
	return oneLine(short, longestText)
}
