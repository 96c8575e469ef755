package app

import (
	"context"
	"errors"

	"fermata/app/core"
	"fermata/app/details"
	"fermata/app/view"
	"fermata/checks/cause"
)

// source is what Fermata's page shows and does.
func (a *App) source() details.Source {
	return details.Source{
		Open:  func(ctx context.Context, url string) error { return a.out.Open(ctx, url) },
		Watch: func(more int) { a.send(core.Watching{More: more}) },
		Await: func(ctx context.Context, after uint64) (uint64, any, error) {
			s, err := a.Await(ctx, func(s Snapshot) bool { return s.Details != nil && s.Edition > after })
			return s.Edition, s.Details, err
		},
		Click: func(ctx context.Context, action string, elsewhere bool) {
			a.clickOnPage(ctx, core.Clicked{Action: core.ActionID(action), Elsewhere: elsewhere})
		},
		Begin: func(ctx context.Context) {
			if s, err := a.Await(ctx, func(Snapshot) bool { return true }); err == nil && s.Guide == nil {
				a.clickOnPage(ctx, core.Clicked{Action: "guide/begin"})
			}
		},
		See: func(ctx context.Context, text string) {
			seen := cause.Read(text)
			if s, ok := cause.Find(text); ok { // an answer on the page
				seen = []cause.Seen{s}
			}
			a.clickOnPage(ctx, core.Clicked{Action: "guide/see", Seen: seen})
		},
		Report: func(ctx context.Context) (string, error) {
			found, err := a.Do(ctx, core.Clicked{Action: "app/report"})
			report, ok := found.(string)
			if err == nil && !ok {
				err = errors.New("there is no report")
			}
			return report, err
		},
		Calendar: func(ctx context.Context, account string) (string, error) {
			s, err := a.Await(ctx, func(Snapshot) bool { return true })
			if err != nil {
				return "", err
			}
			return view.Calendar(s.View.Status, account, a.out.Time.Now())
		},
		Settings: a.out.Path,
	}
}

// clickOnPage clicks, and returns when the outcome is in what the page shows, or when ctx ends.
func (a *App) clickOnPage(ctx context.Context, c core.Clicked) {
	c.Page = true
	run := a.Click(c)
	_, _ = a.Await(ctx, func(s Snapshot) bool { // what is not so far is shown as it is
		r, under := s.Runs[run]
		return s.Clicked >= run && (!under || c.Elsewhere && r.Address != "")
	})
}
