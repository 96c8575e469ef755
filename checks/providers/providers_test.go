package providers

import (
	"net/url"
	"strings"
	"testing"

	"fermata/checks/web"
)

// Each row has what a sign-in takes, and sends nothing where others can read it.
func TestRows(t *testing.T) {
	if got := strings.Join(Names(), " "); got != "google microsoft spotify" {
		t.Errorf("there are %s", got)
	}
	for _, name := range Names() {
		row, ok := Named(name)
		if !ok || row.Name == "" || row.AuthorizeURL == "" || row.TokenURL == "" || row.Apps == "" || len(row.Scopes) == 0 {
			t.Errorf("%s: %+v", name, row)
		}
		for _, address := range []string{row.AuthorizeURL, row.TokenURL, row.DeviceURL, row.RevokeURL, row.HealthURL, row.Apps} {
			if u, err := url.Parse(address); err != nil || address != "" && (u.Scheme != "https" || !web.Private(u)) {
				t.Errorf("%s: %q", name, address)
			}
		}
	}
	if _, ok := Named("oauth2"); ok {
		t.Error("oauth2 is no provider")
	}
}
