package clock

import (
	"context"
	"net"
	"testing"
	"time"
)

// FuzzReply answers with whatever comes, of the right origin or not: no crash, and nothing known from
// what is not a time.
func FuzzReply(f *testing.F) {
	request := make([]byte, 48)
	f.Add(reply(request, time.Unix(1e9, 0), time.Millisecond), true)
	f.Add(reply(request, time.Unix(4e9, 0), 15*time.Second), true)
	kissed := reply(request, time.Unix(1e9, 0), 0)
	kissOfDeath("RATE")(kissed)
	f.Add(kissed, true)
	f.Add([]byte("$00\x8000000000000000000000000000000000000000000000"), true) // precision 2^-128 s
	overEra := reply(request, time.Unix(1e9, 0), 0)
	overEra[32] = 0 // received in 2036, sent in 2001
	f.Add(overEra, true)
	f.Add([]byte("<html>"), false)
	f.Add([]byte{}, false)
	t := NewTime()
	f.Fuzz(func(tt *testing.T, answer []byte, sameOrigin bool) {
		if len(answer) > 4096 {
			return
		}
		s, err := exchange(tt.Context(), t, func(context.Context, string, string) (net.Conn, error) {
			client, server := net.Pipe()
			go func() {
				defer server.Close()
				question := make([]byte, 1024)
				n, err := server.Read(question)
				if err != nil || n < 48 {
					return
				}
				p := append([]byte(nil), answer...)
				if sameOrigin && len(p) >= 32 {
					copy(p[24:32], question[40:48])
				}
				server.Write(p)
			}()
			return client, nil
		}, "fuzz.test")
		if err != nil {
			serverVerdict(err)
			return
		}
		now := t.read()
		offset := s.base - now.wallBase()
		year := now.Wall.Add(offset).Year()
		switch {
		case !sameOrigin:
			tt.Fatalf("took an answer to another question: %+v", s)
		case len(answer) < 48 || answer[0]&7 != 4 || answer[0]>>6 == 3:
			tt.Fatalf("took what is not a server's answer: %+v", s)
		case s.stratum < 1 || s.stratum > 15:
			tt.Fatalf("took stratum %d", s.stratum)
		case s.error <= 0 || s.error > 20*time.Second || s.rtt < 0 || s.rtt > time.Second+maxSkew:
			tt.Fatalf("impossible bounds: %+v", s)
		case year < 1969 || year > 2107:
			tt.Fatalf("an offset of %v", offset)
		}
	})
}
