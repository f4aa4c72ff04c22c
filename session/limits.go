package session

// limits bounds what a hostile recording can make a read cost.
type limits struct {
	decoded int64 // bytes of all parts and of everything inflated from them
	value   int64 // bytes of one event, or of one string that holds events
	events  int   // events of the recording
	depth   int   // levels of JSON in one event's data
	nodes   int   // DOM nodes that one event brings
	windows int   // distinct streams
	layers  int   // compressions and encodings inside one another
	wraps   int   // objects and arrays around an event
	resumes int   // places of a part after which reading resumes past broken text
}

// defaultLimits is generous to what recorders write and fatal to bombs. Blink
// lays out pages of 512 levels and 200,000 nodes with ease and dies at 3,000
// levels or 1,000,000 nodes; each DOM level takes two levels of JSON.
func defaultLimits() limits {
	return limits{
		decoded: 4 << 30,
		value:   64 << 20,
		events:  4_000_000,
		depth:   2*512 + 8,
		nodes:   200_000,
		windows: 1024,
		layers:  8,
		wraps:   8,
		resumes: 1000,
	}
}
