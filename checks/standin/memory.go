package standin

import (
	"net/http"
	"net/http/httptest"
)

// Transport returns an http.RoundTripper that reaches s in memory, whatever the host. A handler
// that ends because the request's context did fails as a connection without an answer does.
func (s *Spotify) Transport() http.RoundTripper { return inMemory{s} }

type inMemory struct{ handler http.Handler }

// RoundTrip implements http.RoundTripper.
func (m inMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	sent := r.Clone(r.Context())
	if sent.Body == nil {
		sent.Body = http.NoBody
	}
	m.handler.ServeHTTP(w, sent)
	_ = sent.Body.Close() // a RoundTripper must; there is nothing to lose
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	resp := w.Result()
	resp.Request = r
	return resp, nil
}
