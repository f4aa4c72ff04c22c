package redact

import "strings"

// longDigits tells cheaply whether a text can hold a number of interest: seven
// digits with at most two other bytes between them.
func longDigits(s string) bool {
	digits, gap := 0, 0
	for i := range len(s) {
		if isDigit(s[i]) {
			digits, gap = digits+1, 0
			if digits >= 7 {
				return true
			}
		} else if gap++; gap > 2 {
			digits = 0
		}
	}
	return false
}

// replaceNumbers takes out payment cards and, as personal data, IBANs and
// telephone numbers.
func replaceNumbers(s string, scope Scope) string {
	var b strings.Builder
	last := 0
	for i := 0; i < len(s); {
		if i > 0 && isWord(s[i-1]) {
			i++
			continue
		}
		n := number(s, i, scope)
		if n == 0 {
			i++
			continue
		}
		b.WriteString(s[last:i])
		b.WriteString(Mask)
		i += n
		last = i
	}
	if last == 0 {
		return s
	}
	b.WriteString(s[last:])
	return b.String()
}

// number returns the length of the number to take out that begins at s[i], or
// 0. A digit behind a point is a fraction's.
func number(s string, i int, scope Scope) int {
	c := s[i]
	whole := isDigit(c) && (i == 0 || s[i-1] != '.')
	switch {
	case scope != Personal:
		if whole {
			return card(s[i:])
		}
	case c >= 'A' && c <= 'Z':
		return iban(s[i:])
	case whole:
		n := max(card(s[i:]), nationalPhone(s[i:]))
		if n == 0 && !date(s, i) {
			n = trunkPhone(s[i:])
		}
		return n
	case c == '+':
		return internationalPhone(s[i:])
	case c == '(':
		return nationalPhone(s[i:])
	}
	return 0
}

// card matches a payment card number (ISO/IEC 7812): 13 to 19 digits in groups
// of at least three, with a prefix and the check digit of a card. What follows
// it may be digits too, such as a date: the longest number that checks counts.
func card(s string) int {
	var digits []byte
	found, group := 0, 0
	for n := 0; n < len(s) && len(digits) < 19; n++ {
		switch {
		case isDigit(s[n]):
			digits = append(digits, s[n])
			group++
			if numberEnds(s[n+1:]) && len(digits) >= 13 && cardPrefix(digits) && luhn(digits) {
				found = n + 1
			}
		case (s[n] == ' ' || s[n] == '-') && group >= 3 && n+1 < len(s) && isDigit(s[n+1]):
			group = 0
		default:
			return found
		}
	}
	return found
}

// numberEnds reports whether a number can end before rest: not in a word, nor
// before a fraction.
func numberEnds(rest string) bool {
	return rest == "" || !isWord(rest[0]) && (rest[0] != '.' || len(rest) < 2 || !isDigit(rest[1]))
}

// cardPrefix tells the ranges of the card networks from other numbers.
func cardPrefix(d []byte) bool {
	switch d[0] {
	case '4', '5', '6':
		return true
	case '3':
		return d[1] >= '4' && d[1] <= '9' || d[1] == '0'
	case '2':
		return d[1] >= '2' && d[1] <= '7' && len(d) == 16
	}
	return false
}

func luhn(digits []byte) bool {
	sum := 0
	for i, d := range digits {
		v := int(d - '0')
		if (len(digits)-i)%2 == 0 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0
}

// iban matches an international bank account number (ISO 13616), in one piece
// or in groups of four.
func iban(s string) int {
	var compact []byte
	n := 0
	for n < len(s) && len(compact) < 34 {
		c := s[n]
		switch {
		case isDigit(c) || c >= 'A' && c <= 'Z':
			compact = append(compact, c)
		case c == ' ' && len(compact)%4 == 0 && n+1 < len(s) && isWord(s[n+1]):
		default:
			return ibanLength(compact, n, s)
		}
		if k := len(compact); k <= 4 && c != ' ' && isDigit(c) != (k > 2) {
			return 0
		}
		n++
	}
	return ibanLength(compact, n, s)
}

func ibanLength(compact []byte, n int, s string) int {
	if len(compact) < 15 || n < len(s) && isWord(s[n]) {
		return 0
	}
	rest := 0
	for i := range compact {
		c := compact[(i+4)%len(compact)]
		if isDigit(c) {
			rest = (rest*10 + int(c-'0')) % 97
		} else {
			rest = (rest*100 + int(c-'A') + 10) % 97
		}
	}
	if rest != 1 {
		return 0
	}
	return n
}

// internationalPhone matches "+", then 8 to 15 digits (E.164) with single
// separators between them.
func internationalPhone(s string) int {
	digits, n, end := 0, 1, 0
	for n < len(s) {
		switch {
		case isDigit(s[n]):
			digits++
			end = n + 1
		case strings.IndexByte(" -./()", s[n]) >= 0 && n-end < 2 && digits > 0:
		default:
			return phoneLength(digits, end, s)
		}
		n++
	}
	return phoneLength(digits, end, s)
}

func phoneLength(digits, end int, s string) int {
	if digits < 8 || digits > 15 || end < len(s) && isWord(s[end]) {
		return 0
	}
	return end
}

// nationalPhone matches the North American form, (555) 010-0199 or
// 555-010-0199: without a "+" other groupings look like any number.
func nationalPhone(s string) int {
	for _, form := range [...]string{"(ddd) ddd-dddd", "(ddd)ddd-dddd", "ddd-ddd-dddd"} {
		if matches(s, form, "-. ") && numberEnds(s[len(form):]) {
			return len(form)
		}
	}
	return 0
}

// trunkPhone matches what most of the world dials within a country: a trunk
// prefix 0, then 9 or 10 digits with single separators between them.
func trunkPhone(s string) int {
	if len(s) < 2 || s[0] != '0' || s[1] < '1' {
		return 0
	}
	digits, end := 0, 0
	for n := range len(s) {
		switch {
		case isDigit(s[n]):
			digits++
			end = n + 1
			continue
		case (s[n] == ' ' || s[n] == '-' || s[n] == '/') && n == end:
			continue
		}
		break
	}
	if digits < 10 || digits > 11 || end < len(s) && (isWord(s[end]) || s[end] == '.') {
		return 0
	}
	return end
}

// date reports whether a date that ends with its year, or its second part,
// begins at s[i]: with the time behind it, it is as long as a number.
func date(s string, i int) bool {
	form := "dd-dd-dddd"
	if i > 1 && isDigit(s[i-2]) && (s[i-1] == '/' || s[i-1] == '-') {
		form = "dd-dddd"
	}
	s = s[i:]
	if !matches(s, form, "/-") || len(s) > len(form) && isWord(s[len(form)]) {
		return false
	}
	century := s[len(form)-4 : len(form)-2]
	return century == "19" || century == "20"
}

// matches reports whether s begins with a form, in which d is a digit and -
// one of the separators.
func matches(s, form, separators string) bool {
	if len(s) < len(form) {
		return false
	}
	for i := range len(form) {
		switch c := s[i]; form[i] {
		case 'd':
			if !isDigit(c) {
				return false
			}
		case '-':
			if strings.IndexByte(separators, c) < 0 {
				return false
			}
		case c:
		default:
			return false
		}
	}
	return true
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWord(c byte) bool {
	return isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
}
