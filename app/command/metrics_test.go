package command

import (
	"maps"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"fermata/app/view"
	"fermata/checks"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// TestMetrics has another's parser read them.
func TestMetrics(t *testing.T) {
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	session, grant, cause, offset, bound := now.Add(-time.Minute), now.Add(48*time.Hour), "grant-expired", -2.5, 0.125
	odd := "a \"b\" \\ é\nc"
	full := view.Status{
		Clock: view.ClockStatus{Level: checks.Warning, OffsetS: &offset, ErrorS: &bound},
		Accounts: []view.AccountStatus{
			{Name: odd, Level: checks.Critical, SessionUntil: &session, GrantUntil: &grant, GrantEstimated: true, Cause: &cause},
			{Name: "second"},
		},
	}
	for _, c := range []struct {
		name   string
		status view.Status
		want   map[string]float64
	}{
		{"all", full, map[string]float64{
			"fermata_level of=clock":                                          2,
			"fermata_level account=" + odd + " of=account":                    3,
			"fermata_level account=second of=account":                         0,
			"fermata_session_left_seconds account=" + odd:                     -60,
			"fermata_sign_in_left_seconds account=" + odd + " estimated=true": 172800,
			"fermata_cause account=" + odd + " cause=grant-expired":           1,
			"fermata_clock_offset_seconds":                                    -2.5,
			"fermata_clock_error_seconds":                                     0.125,
		}},
		{"nothing known", view.Status{Clock: view.ClockStatus{Level: checks.Unknown}}, map[string]float64{"fermata_level of=clock": 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := metrics(c.status, now)
			if !strings.HasSuffix(text, "\n# EOF\n") {
				t.Errorf("no end: %q", text)
			}
			if got := samples(t, text); !maps.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
			t.Run("promtool", func(t *testing.T) {
				check := exec.Command(promtool(t), "check", "metrics")
				check.Stdin = strings.NewReader(text)
				if out, err := check.CombinedOutput(); err != nil {
					t.Errorf("%v: %s", err, out)
				}
			})
		})
	}
}

// samples are the parsed values by name and sorted labels.
func samples(t *testing.T, text string) map[string]float64 {
	t.Helper()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]float64{}
	for name, f := range families {
		for _, m := range f.Metric {
			labels := map[string]string{}
			for _, l := range m.Label {
				labels[l.GetName()] = l.GetValue()
			}
			key := name
			for _, l := range []string{"account", "cause", "estimated", "of"} {
				if v, ok := labels[l]; ok {
					key += " " + l + "=" + v
					delete(labels, l)
				}
			}
			if len(labels) > 0 || f.GetHelp() == "" || m.Gauge == nil {
				t.Errorf("%s: unknown labels %v, no help or no gauge", name, labels)
			}
			all[key] = m.GetGauge().GetValue()
		}
	}
	return all
}

// TestAlerts holds the alert rules to the names that there are, and has promtool try them.
func TestAlerts(t *testing.T) {
	rules, err := os.ReadFile("../../assets/prometheus/fermata.rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("metrics.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range strings.FieldsFunc(string(rules), func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') }) {
		if strings.HasPrefix(word, "fermata_") && !strings.Contains(string(source), `"`+word+`"`) {
			t.Errorf("the rules name %s, and there is none", word)
		}
	}
	test := exec.Command(promtool(t), "test", "rules", "fermata.rules.test.yml")
	test.Dir = "../../assets/prometheus"
	if out, err := test.CombinedOutput(); err != nil {
		t.Errorf("promtool: %v: %s", err, out)
	}
}

// promtool is Prometheus' own reader of metrics and rules.
func promtool(t *testing.T) string {
	t.Helper()
	tool, err := exec.LookPath("promtool")
	if err != nil {
		const line = "needs promtool: apt-get install prometheus"
		if os.Getenv("CI") == "true" {
			t.Fatal(line)
		}
		t.Skip(line)
	}
	return tool
}
