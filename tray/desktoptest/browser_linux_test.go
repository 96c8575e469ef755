package desktoptest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/remote"
)

// Opened returns the addresses that programs have had opened in the default browser, in order.
func (d *Desktop) Opened() []string {
	text, _ := os.ReadFile(filepath.Join(d.dir, "opened"))
	return strings.Fields(string(text))
}

// WaitOpened waits until at least n addresses have been opened in all, and returns the nth.
func (d *Desktop) WaitOpened(ctx context.Context, n int) (string, error) {
	var url string
	err := until(ctx, func(context.Context) error {
		opened := d.Opened()
		if len(opened) < n {
			return fmt.Errorf("%d addresses were opened in the browser, not %d", len(opened), n)
		}
		url = opened[n-1]
		return nil
	})
	return url, err
}

// Page waits until the browser shows a page whose address begins with prefix, and returns a chromedp
// context for its tab. cancel lets go of the tab and leaves it open.
func (d *Desktop) Page(ctx context.Context, prefix string) (page context.Context, cancel context.CancelFunc, err error) {
	err = until(ctx, func(look context.Context) error {
		browser, tab, err := d.tab(look, prefix)
		if err != nil {
			return err
		}
		allocator, cancelRemote := remote.NewAllocator(ctx, browser, remote.NoModifyURL)
		var cancelTab context.CancelFunc
		page, cancelTab = chromedp.NewContext(allocator, chromedp.WithTargetID(target.ID(tab)), chromedp.WithDetachOnCancel(),
			chromedp.WithErrorf(func(string, ...any) {})) // it grumbles about what it also returns
		cancel = func() { cancelTab(); cancelRemote() }
		if err = chromedp.Do(page); err != nil { // a page that is just going has no context to attach to
			cancel()
		}
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("the page %s: %w", prefix, err)
	}
	return page, cancel, nil
}

// tab returns the address of the browser's DevTools and the id of the tab that shows the page.
func (d *Desktop) tab(ctx context.Context, prefix string) (browser, tab string, err error) {
	text, err := os.ReadFile(filepath.Join(d.dir, "chromium", "DevToolsActivePort"))
	if err != nil {
		return "", "", errors.New("the browser has not started")
	}
	port, path, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:"+port+"/json/list", nil)
	if err != nil {
		return "", "", err
	}
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", "", err
	}
	defer reply.Body.Close()
	var tabs []struct {
		ID   string `json:"id"`
		Type string `json:"type"`
		URL  string `json:"url"`
	}
	if err := json.NewDecoder(reply.Body).Decode(&tabs); err != nil {
		return "", "", err
	}
	var there []string
	for _, t := range tabs {
		if t.Type != "page" {
			continue
		}
		if strings.HasPrefix(t.URL, prefix) {
			return "ws://127.0.0.1:" + port + path, t.ID, nil
		}
		there = append(there, t.URL)
	}
	return "", "", fmt.Errorf("the browser shows only %q", there)
}
