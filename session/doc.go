// Package session is the domain: a recorded visit as a list of rrweb events,
// read from whatever a product exports and made safe to hand on. A recording
// is hostile until proven otherwise; everything about it is bounded.
//
// It imports no other package of ours.
package session
