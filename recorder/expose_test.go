package recorder

// Disconnect cuts the connections of all scripts, as a network does, and tells
// how many there were.
func (rec *Recorder) Disconnect() int {
	rec.ingest.mu.Lock()
	n := len(rec.ingest.conns)
	rec.ingest.mu.Unlock()
	rec.ingest.disconnect()
	return n
}

// Fill brings a session to its limit.
func (j *Journal) Fill(id string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.sessions[id].bytes = maxSession
}
