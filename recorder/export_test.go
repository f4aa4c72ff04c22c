package recorder

// Disconnect cuts the connections of all scripts, as a network does.
func (rec *Recorder) Disconnect() { rec.ingest.disconnect() }
