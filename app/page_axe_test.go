package app

import (
	"encoding/json"
	"os"
	"os/exec"
	"testing"

	"fermata/app/page/browsertest"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// axe is the script of axe-core that AXE names. Without it the test is skipped; where Node is there and
// nothing may be missing, it fails.
func axe(t *testing.T) string {
	t.Helper()
	file := os.Getenv("AXE")
	if file == "" {
		const line = "needs axe-core: npm install axe-core, and AXE=node_modules/axe-core/axe.min.js"
		if _, err := exec.LookPath("npm"); err == nil && os.Getenv("CI") == "true" {
			t.Fatal(line)
		}
		t.Skip(line)
	}
	script, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}

// accessible has axe look at the page, all of it unfolded, in light and in dark.
func (r reader) accessible(script, what string) {
	r.t.Helper()
	for _, scheme := range []string{"light", "dark"} {
		media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
		if _, err := chromedp.Call(r.tab, emulation.SetEmulatedMedia, media); err != nil {
			r.t.Fatal(err)
		}
		got, err := chromedp.Run(r.tab, chromedp.Evaluate[string](script+`;(async () => {
			document.querySelectorAll('details').forEach(d => d.open = true);
			const seen = await axe.run();
			return JSON.stringify({Passed: seen.passes.length, Found: seen.violations.map(v => ({Rule: v.help, At: v.nodes.map(n => n.html)}))});
		})()`, func(p *runtime.EvaluateParams) { p.AwaitPromise = new(true) }))
		var seen struct {
			Passed int
			Found  []struct {
				Rule string
				At   []string
			}
		}
		if err == nil {
			err = json.Unmarshal([]byte(got), &seen)
		}
		if err != nil || seen.Passed < 10 {
			r.t.Fatalf("%s, %s: %d rules passed, %v", what, scheme, seen.Passed, err)
		}
		for _, f := range seen.Found {
			r.t.Errorf("%s, %s: %s: %q", what, scheme, f.Rule, f.At)
		}
	}
}

// axe finds nothing on Fermata's page: well, with troubles and what was typed wrong, and the report.
func TestPageIsAccessible(t *testing.T) {
	t.Parallel()
	script := axe(t)
	onPage(t, func(b *bench, address string) {
		r := reader{t, browsertest.Chromium(t)}
		r.do("opening", chromedp.Navigate(address))
		r.says("h1", "All is well")
		r.accessible(script, "well")
		b.do("demo/clock-ahead")
		b.do("demo/revoke")
		r.says("h1", "things need")
		r.do("typing", chromedp.Clear(chromedp.CSS("#set-tolerance")), chromedp.SendKeys(chromedp.CSS("#set-tolerance"), "fast\r"))
		r.says("#set-tolerance-wrong", "Expected a duration")
		r.accessible(script, "broken")
		r.do("to the report", chromedp.Click(chromedp.CSS(`a[href="report"]`)))
		r.says("h1", "Report")
		r.accessible(script, "the report")
	})
}
