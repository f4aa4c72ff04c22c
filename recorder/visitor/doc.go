// Package visitor takes scripted visits: it drives a real Chrome through a
// journey in the format of the Chrome DevTools Recorder, moving the mouse and
// typing as a person does. The same seed gives the same movements and rhythm.
//
// It knows nothing of recordings, sessions or proxies; a caller may inject a
// script and listen to what that script emits.
package visitor
