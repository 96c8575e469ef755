package spotify

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"fermata/checks/text"
)

const outageTimeout = 5 * time.Second

// Outage asks Spotify's status page whether it knows of an outage, and returns what the page calls it;
// "" is none, or nothing that could be learned.
func Outage(ctx context.Context, rt http.RoundTripper) string {
	outage, _ := StatusPage(ctx, rt)
	return outage
}

// StatusPage is Outage with ok, which says that the page could be read. It is no part of the Web API and
// may go.
func StatusPage(ctx context.Context, rt http.RoundTripper) (outage string, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, outageTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, StatusURL, nil)
	if err != nil {
		return "", false
	}
	status, body, err := send(rt, req)
	if err != nil || status != http.StatusOK {
		return "", false
	}
	var page struct { // Statuspage's summary
		Status struct {
			Indicator   string `json:"indicator"` // none, minor, major, critical or maintenance
			Description string `json:"description"`
		} `json:"status"`
	}
	if json.Unmarshal(body, &page) != nil || page.Status.Indicator == "" {
		return "", false
	}
	if page.Status.Indicator == "none" {
		return "", true
	}
	return text.Line(page.Status.Description, maxLabel), true
}
