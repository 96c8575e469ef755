package app

import (
	"context"
	"errors"

	"fermata/app/core"
	"fermata/app/details"
	"fermata/app/view"
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
		Click: func(ctx context.Context, action string) {
			run := a.Click(core.Clicked{Action: core.ActionID(action), Page: true})
			_, _ = a.Await(ctx, func(s Snapshot) bool { // what is not so far is shown as it is
				_, under := s.Runs[run]
				return s.Clicked >= run && !under
			})
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
