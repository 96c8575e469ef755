package web

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// reply answers every request with a status and a body, and counts whether the body was closed.
type reply struct {
	status int
	body   io.Reader
	closed int
}

func (r *reply) Close() error               { r.closed++; return nil }
func (r *reply) Read(p []byte) (int, error) { return r.body.Read(p) }

func (r *reply) get() (*http.Response, error) {
	return Client(roundTripper(func(req *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: r.status, Header: http.Header{"Location": {"/portal"}}, Body: r, ContentLength: -1, Request: req}, nil
	})).Get("https://tunes.example/")
}

func TestReply(t *testing.T) {
	for name, tt := range map[string]struct {
		reply reply
		size  int
		want  error
	}{
		"empty":     {reply{status: 204, body: strings.NewReader("")}, 0, nil},
		"redirect":  {reply{status: 302, body: strings.NewReader("moved")}, 5, nil},
		"largest":   {reply{status: 200, body: strings.NewReader(strings.Repeat("x", 1<<20))}, 1 << 20, nil},
		"too large": {reply{status: 200, body: strings.NewReader(strings.Repeat("x", 1<<20+1))}, 0, ErrTooLarge},
		// A body that breaks off is the network's fault, whatever the status.
		"breaks off": {reply{status: 200, body: io.MultiReader(strings.NewReader("{"), iotest.ErrReader(syscall.ECONNRESET))}, 0, syscall.ECONNRESET},
	} {
		resp, err := tt.reply.get()
		if !errors.Is(err, tt.want) || tt.reply.closed != 1 {
			t.Errorf("%s: %v, closed %d times", name, err, tt.reply.closed)
		}
		if err != nil {
			continue
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || len(body) != tt.size || resp.ContentLength != int64(tt.size) || resp.StatusCode != tt.reply.status {
			t.Errorf("%s: status %d, %d bytes of %d, %v", name, resp.StatusCode, len(body), resp.ContentLength, err)
		}
	}
}

// TestTimeout: a server that answers and whose body never ends is given up too.
func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		_, err := Client(roundTripper(func(req *http.Request) (*http.Response, error) {
			body, w := io.Pipe()
			go func() { <-req.Context().Done(); w.CloseWithError(req.Context().Err()) }()
			return &http.Response{StatusCode: 200, Body: body}, nil
		})).Get("https://tunes.example/")
		if took := time.Since(began); err == nil || took != Timeout {
			t.Errorf("%v after %v", err, took)
		}
	})
}
