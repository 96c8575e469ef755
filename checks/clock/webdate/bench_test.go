package webdate

import (
	"crypto/x509"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"
)

// BenchmarkAsk asks a real TLS server on loopback, whose clock is off by a known time and whose
// packets take 10 to 30 ms each way; run it with -benchtime 50x.
func BenchmarkAsk(b *testing.B) {
	var known time.Duration
	travel := func() { time.Sleep(10*time.Millisecond + rand.N(20*time.Millisecond)) }
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		travel()
		w.Header().Set("Date", time.Now().Add(known).UTC().Format(http.TimeFormat))
		travel()
	}))
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	start := time.Now()
	a := &Asker{Elapsed: func() time.Duration { return time.Since(start) }, Now: time.Now, Roots: roots}
	var wrong, bounds []time.Duration
	outside := 0
	for b.Loop() {
		known = rand.N(time.Hour)
		d, err := a.Ask(b.Context(), server.URL)
		if err != nil {
			b.Fatal(err)
		}
		mid, bound := offset(a, d)
		wrong, bounds = append(wrong, (mid-known).Abs()), append(bounds, bound)
		if (mid - known).Abs() > bound {
			outside++
		}
	}
	slices.Sort(wrong)
	slices.Sort(bounds)
	ms := func(d time.Duration) float64 { return d.Seconds() * 1e3 }
	b.ReportMetric(ms(wrong[len(wrong)/2]), "median-ms")
	b.ReportMetric(ms(wrong[len(wrong)*95/100]), "p95-ms")
	b.ReportMetric(ms(bounds[len(bounds)-1]), "worst-bound-ms")
	b.ReportMetric(float64(outside), "outside-bound")
}
