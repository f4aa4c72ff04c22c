package recorder

// Disconnect cuts the connections of all scripts, as a network does.
func (rec *Recorder) Disconnect() { rec.ingest.disconnect() }

// Fill brings a session to its limit.
func (j *Journal) Fill(id string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.sessions[id].bytes = maxSession
}
