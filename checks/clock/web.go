package clock

import (
	"context"
	"net/url"
	"sync"
	"time"

	"fermata/checks/clock/webdate"
)

// askWeb asks the pages for the time, all at once, since the time servers did not suffice. Where the two agree,
// the time servers know better by how much; where they differ, web servers have proved who they are.
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
	best := web
	switch agreed := (interval{web.Offset, web.Error}); {
	case web.Known && f.Known && agreed.meets(f.Offset-f.Error, f.Offset+f.Error):
		best = f
		best.Confirmed = web.Agree
	case web.Known:
	case f.Known:
		best = f
	default:
		f.Reason += ", and no majority of the web servers agrees"
		f.Servers = web.Servers
		return f
	}
	best.Servers = web.Servers
	for i := range best.Servers {
		best.Servers[i].compare(best)
	}
	return best
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
	if now.Wall.Add(s.Offset + s.Error).Before(c.cfg.Made.Add(-day)) {
		s.Verdict = LongPast
	}
	if v := d.Validity; v != nil && now.Wall.Before(v.NotBefore) {
		s.Certificate = NotYetValid
	} else if v != nil && now.Wall.After(v.NotAfter) {
		s.Certificate = Expired
	}
	s.Error += time.Microsecond // never 0, which means no answer
	return s
}
