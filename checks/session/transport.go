package session

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
)

// tokenReplies mends the replies of a token endpoint.
type tokenReplies struct{ base http.RoundTripper }

func (t tokenReplies) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.base.RoundTrip(req)
	if err != nil || req.Method != http.MethodPost || resp.StatusCode/100 != 2 {
		return resp, err
	}
	body, _ := io.ReadAll(resp.Body) // cannot fail, see web.Client
	body = normalizeExpiresIn(body)
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return resp, nil
}

// normalizeExpiresIn makes a number of seconds of whatever expires_in a token reply has. The library
// refuses the whole reply otherwise (3600.0, 1e9, "soon"), and with it a refresh token that the provider
// has already put in the old one's place.
func normalizeExpiresIn(body []byte) []byte {
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
		f = 0 // unknown
	}
	reply["expires_in"] = strconv.AppendInt(nil, int64(min(max(f, 0), 1<<31-1)), 10)
	normalized, err := json.Marshal(reply)
	if err != nil {
		return body
	}
	return normalized
}
