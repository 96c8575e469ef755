package app

import "fermata/checks"

// about answers "What is this?" for the worst that is wrong.
func (l *loop) about(found []diagnosis) []checks.Action {
	for _, d := range serious(found) {
		if d.About != "" {
			return []checks.Action{{ID: "app/about", Label: "What is this?", Do: l.put(func() {
				l.message, l.messageUntil = &Message{Title: d.Title, Body: d.About}, l.now()+failureFor
			})}}
		}
	}
	return nil
}
