package clock

import (
	"context"
	"net/url"
	"sync"
	"time"

	"fermata/checks/clock/webdate"
)

// askWeb asks the pages for the time, all at once, and weighs their answers instead of those of the time
// servers, which did not suffice.
func (c *Check) askWeb(ctx context.Context, f Facts) Facts {
	asker := webdate.Asker{Elapsed: c.time.Elapsed, Now: c.time.Now, Dial: c.cfg.Dial, Roots: c.roots}
	pages := make([]Server, len(c.cfg.Pages))
	var wg sync.WaitGroup
	for i, page := range c.cfg.Pages {
		wg.Go(func() {
			d, err := asker.Ask(ctx, page)
			pages[i] = c.page(page, d, err)
		})
	}
	wg.Wait()
	web := Facts{Servers: append(f.Servers, pages...)}
	web.weigh(pages, "https")
	copy(web.Servers[len(f.Servers):], pages) // with their verdicts
	if !web.Known {
		f.Servers = web.Servers
		f.Reason += ", and no majority of the web servers agrees"
		return f
	}
	for i := range f.Servers {
		web.Servers[i].compare(web)
	}
	return web
}

// page reports on a page for the clock as it stands now.
func (c *Check) page(page string, d webdate.Date, err error) Server {
	s := Server{Name: page, Via: "https"}
	if u, err := url.Parse(page); err == nil && u.Host != "" {
		s.Name = u.Host
	}
	if err != nil {
		s.Verdict = serverVerdict(err)
		return s
	}
	now := c.time.read()
	s.Verdict, s.RTT = OK, d.RTT
	s.Error = (d.High - d.Low) / 2
	s.Offset = d.Low + s.Error - now.wallBase()
	if v := d.Validity; v != nil && now.Wall.Before(v.NotBefore) {
		s.Certificate = NotYetValid
	} else if v != nil && now.Wall.After(v.NotAfter) {
		s.Certificate = Expired
	}
	s.Error += time.Microsecond // never 0, which means no answer
	return s
}
