package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"time"

	"fermata/checks"
)

// A paste is a sign-in whose browser is on another computer: it ends there at an address of this computer,
// which it cannot load, and which the person brings back.
type paste struct {
	client http.Client
	origin url.URL // of the sign-in's own pages
}

// remote reports whether a person sits at another computer: an SSH connection without a screen.
func remote() bool {
	return os.Getenv("SSH_CONNECTION") != "" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == ""
}

func newPaste(start string) (*paste, error) {
	u, err := url.Parse(start)
	if err != nil {
		return nil, err
	}
	p := &paste{origin: url.URL{Scheme: u.Scheme, Host: u.Host}}
	p.client.Timeout = 2 * time.Minute // as long as a code is exchanged at most
	p.client.Jar, _ = cookiejar.New(nil)
	p.client.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		if r.URL.Host != u.Host || len(via) > 8 {
			return http.ErrUseLastResponse // the provider's page is for a person
		}
		return nil
	}
	return p, nil
}

// get loads one of the sign-in's own pages and returns its status, and where it sends the browser.
func (p *paste) get(ctx context.Context, address string) (status int, to string, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, "", err
	}
	resp, err := p.client.Do(r)
	if err != nil {
		return 0, "", err
	}
	resp.Body.Close()
	return resp.StatusCode, resp.Header.Get("Location"), nil
}

// run has the person sign in elsewhere and paste the address that their browser ends at. It returns nil
// once that was accepted.
func (p *paste) run(ctx context.Context, start string, lines <-chan string, out io.Writer) error {
	_, authorize, err := p.get(ctx, start)
	if err == nil && authorize == "" {
		err = errors.New("the sign-in page sends the browser nowhere")
	}
	if err != nil {
		return fmt.Errorf("beginning the sign-in: %w", err)
	}
	fmt.Fprintf(out, "Open this address in a browser, on any computer, and sign in:\n\n%s\n\n"+
		"At the end the browser shows an error, because it can't load %s.\nCopy the whole address of that page, paste it here and press Enter:\n", authorize, p.origin.String()+"/callback…")
	for {
		select {
		case line, ok := <-lines:
			if !ok {
				return checks.WithHint(errors.New("no address was pasted"), "Run it again, and paste the address that your browser ends at.")
			}
			u, err := url.Parse(line)
			if err != nil || u.Host != p.origin.Host || u.Path != "/callback" {
				fmt.Fprintf(out, "That is another address. The right one begins with %s/callback?\n", p.origin.String())
				continue
			}
			return p.finish(ctx, u)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// finish hands over what the browser was sent back with.
func (p *paste) finish(ctx context.Context, back *url.URL) error {
	status, _, err := p.get(ctx, p.origin.String()+back.RequestURI())
	switch {
	case err != nil:
		return fmt.Errorf("finishing the sign-in: %w", err)
	case status == http.StatusOK:
		return nil
	case back.Query().Get("error") == "access_denied":
		return checks.WithHint(errors.New("you declined access"), "If you didn't mean to, run it again and choose Agree.")
	}
	return checks.WithHint(errors.New("that address was not accepted"), "It may be from an earlier sign-in, or have been used already. Run it again.")
}
