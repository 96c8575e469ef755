package session

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

const (
	requestTimeout = 20 * time.Second // of one request, body included
	maxBody        = 1 << 20          // bytes of a reply
)

var errTooLarge = errors.New("the reply is larger than 1 MB")

// newClient returns the client that all requests go through. It follows no redirect: at a token
// endpoint there is nothing to follow, and a captive portal's must not get a token.
func newClient(rt http.RoundTripper) *http.Client {
	return &http.Client{
		Transport: bounded{rt},
		Timeout:   requestTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}
}

// bounded reads the whole reply before it hands it on, so that a body that breaks off or does not end
// is an error of the transport, which can be sorted, and not one of whoever parses it.
type bounded struct{ base http.RoundTripper }

func (b bounded) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := b.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	resp.Body.Close()
	if err != nil {
		return nil, fmt.Errorf("reading the reply: %w", err)
	}
	if len(body) > maxBody {
		return nil, errTooLarge
	}
	if req.Method == http.MethodPost && resp.StatusCode/100 == 2 {
		body = tameExpiry(body)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.ContentLength = int64(len(body))
	return resp, nil
}

// tameExpiry makes a number of seconds of whatever expires_in a token reply has. The library refuses
// the whole reply otherwise (3600.0, 1e9, "soon"), and with it a refresh token that the provider has
// already put in the old one's place.
func tameExpiry(body []byte) []byte {
	var reply map[string]json.RawMessage
	if json.Unmarshal(body, &reply) != nil || reply["expires_in"] == nil {
		return body
	}
	raw := string(bytes.Trim(reply["expires_in"], `"`))
	if _, err := strconv.ParseInt(raw, 10, 32); err == nil {
		return body
	}
	f, err := strconv.ParseFloat(raw, 64)
	if err != nil || f != f {
		f = 0 // not told
	}
	reply["expires_in"] = strconv.AppendInt(nil, int64(min(max(f, 0), 1<<31-1)), 10)
	tamed, err := json.Marshal(reply)
	if err != nil {
		return body
	}
	return tamed
}
