package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path"
	"strings"
	"time"

	"fermata/app/page"
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

// get loads one of the sign-in's own pages. It stops where the browser is sent elsewhere.
func (p *paste) get(ctx context.Context, address string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	return p.do(r)
}

func (p *paste) do(r *http.Request) (*http.Response, error) {
	resp, err := p.client.Do(r)
	if err != nil {
		return nil, err
	}
	resp.Body.Close()
	return resp, nil
}

// run has the person sign in elsewhere and paste the address that their browser ends at. It returns nil
// once that was accepted, or where there is nothing to paste.
func (p *paste) run(ctx context.Context, start string, keys keyboard, out io.Writer) error {
	at, err := p.get(ctx, start)
	for err == nil && at.Header.Get(page.Asks) == "secret" {
		at, err = p.enterSecret(ctx, at.Request.URL, keys, out)
	}
	if err != nil {
		return fmt.Errorf("beginning the sign-in: %w", err)
	}
	if code := at.Header.Get(page.CodeHeader); code != "" {
		enter, _ := url.PathUnescape(at.Header.Get(page.EnterHeader))
		fmt.Fprintf(out, "Open this address in a browser, on any computer or phone, and enter the code %s:\n\n%s\n\nOnly agree there if the code is the same. This goes on by itself once you have.\n", code, enter)
		return nil
	}
	authorize := at.Header.Get("Location")
	if authorize == "" {
		return errors.New("beginning the sign-in: the sign-in page sends the browser nowhere")
	}
	back := p.back(authorize)
	fmt.Fprintf(out, "Open this address in a browser, on any computer, and sign in:\n\n%s\n\n"+
		"At the end the browser shows an error, because it can't load %s.\nCopy the whole address of that page, paste it here and press Enter:\n", authorize, back.String()+"…")
	for {
		select {
		case line, ok := <-keys.lines():
			if !ok {
				return checks.WithHint(errors.New("no address was pasted"), "Run it again, and paste the address that your browser ends at.")
			}
			u, err := url.Parse(line)
			if err != nil || u.Host != back.Host || cmp.Or(u.Path, "/") != cmp.Or(back.Path, "/") {
				fmt.Fprintf(out, "That is another address. The right one begins with %s?\n", back.String())
				continue
			}
			return p.finish(ctx, u)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// back is where the provider sends the browser back to, as the address to sign in at says.
func (p *paste) back(authorize string) url.URL {
	if u, err := url.Parse(authorize); err == nil {
		if back, err := url.Parse(u.Query().Get("redirect_uri")); err == nil && back.Host == p.origin.Host {
			return *back
		}
	}
	return p.origin
}

// enterSecret has the person enter the client secret, in the place of the form at an address.
func (p *paste) enterSecret(ctx context.Context, form *url.URL, keys keyboard, out io.Writer) (*http.Response, error) {
	fmt.Fprint(out, "Enter the client secret that came with the client ID, and press Enter: ")
	secret := keys.secret(ctx)
	fmt.Fprintln(out)
	if secret == "" {
		return nil, checks.WithHint(errors.New("no client secret was entered"), "Run it again. You find the secret where the client ID was made.")
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, form.String(), strings.NewReader(url.Values{"client_secret": {secret}}.Encode()))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", p.origin.String())
	resp, err := p.do(r)
	if err != nil || resp.Header.Get(page.Asks) != "" {
		return resp, err
	}
	next := *form
	next.Path = path.Dir(form.Path) + "/" // where a try begins
	return p.get(ctx, next.String())
}

// finish hands over what the browser was sent back with.
func (p *paste) finish(ctx context.Context, back *url.URL) error {
	resp, err := p.get(ctx, p.origin.String()+back.RequestURI())
	switch {
	case err != nil:
		return fmt.Errorf("finishing the sign-in: %w", err)
	case resp.StatusCode == http.StatusOK:
		return nil
	case back.Query().Get("error") == "access_denied":
		return checks.WithHint(errors.New("you declined access"), "If you didn't mean to, run it again and choose Agree.")
	}
	return checks.WithHint(errors.New("that address was not accepted"), "It may be from an earlier sign-in, or have been used already. Run it again.")
}
