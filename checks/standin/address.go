package standin

// TimeAddresses returns where the time servers listen, host:port, once the World has started.
func (w *World) TimeAddresses() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []string
	for _, c := range w.times {
		all = append(all, c.LocalAddr().String())
	}
	return all
}
