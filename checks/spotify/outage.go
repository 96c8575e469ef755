package spotify

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"fermata/checks/text"
	"fermata/checks/web"
)

const outageTimeout = 5 * time.Second

// Outage asks Spotify's status page whether it knows of an outage, and returns what the page calls it;
// "" is none, or nothing that could be learned. The page is no part of the Web API and may go.
func Outage(ctx context.Context, rt http.RoundTripper) string {
	ctx, cancel := context.WithTimeout(ctx, outageTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, StatusURL, nil)
	if err != nil {
		return ""
	}
	resp, err := web.Client(rt).Do(req)
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		return ""
	}
	return outage(body)
}

// outage reads Statuspage's summary: its indicator is none, minor, major, critical or maintenance.
func outage(body []byte) string {
	var page struct {
		Status struct {
			Indicator   string `json:"indicator"`
			Description string `json:"description"`
		} `json:"status"`
	}
	if json.Unmarshal(body, &page) != nil || page.Status.Indicator == "none" {
		return ""
	}
	return text.Line(page.Status.Description, maxLabel)
}
