package session

import "encoding/json"

// earlyCustoms is how many custom events are searched for the environment: the
// recorder's script notes it with the first page.
const earlyCustoms = 64

// ReadEnvironment finds what the recorder noted about the visitor's browser.
// Of a recording without such a note it knows only the start.
func ReadEnvironment(src Events) (Environment, error) {
	found := Environment{Start: src.Start()}
	customs := 0
	for i := 0; i < src.Len() && customs < earlyCustoms; i++ {
		if src.Header(i).Type != Custom {
			continue
		}
		customs++
		e, err := src.Load(i)
		if err != nil {
			return Environment{}, err
		}
		d, err := DecodeCustom(e)
		if err != nil || d.Tag != environmentTag {
			continue // other products write theirs in other forms
		}
		var p environment
		if json.Unmarshal(d.Payload, &p) == nil {
			p.into(&found)
			return found, nil
		}
	}
	return found, nil
}
