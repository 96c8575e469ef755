package page

import (
	"context"
	"html"
	"net"
	"net/http"
	"net/url"
	"time"

	"fermata/app/loopback"
	"fermata/checks/session"
)

const (
	codeLife = time.Hour        // the longest that one waits for somebody who has a code to enter
	codeStay = 30 * time.Second // how long the page with the code waits for news at a time
)

// Headers of the answer to whoever has a code to enter elsewhere. For browsers it stands on the page.
const (
	CodeHeader  = "Fermata-Code"
	EnterHeader = "Fermata-Enter-At" // percent-encoded
)

// Device shows a code that the person enters on a page of the provider's, in this browser or on any other device,
// and waits until they have signed in there. begin asks for a code, again when the person tries again. For the rest it
// is SignIn.
func Device(ctx context.Context, open Open, begin func(context.Context) (*session.Device, error), opts ...Option) error {
	l, err := loopback.Listen()
	if err != nil {
		return err
	}
	return device(newVisit(ctx, l.Addr(), l.KnowsPeers(), "code", open, opts), l, begin)
}

func device(v *visit, l net.Listener, begin func(context.Context) (*session.Device, error)) error {
	defer v.cancel()
	defer l.Close()
	var d *session.Device // guarded by v.mu
	again := func() error {
		next, err := begin(v.ctx)
		if err != nil {
			return err
		}
		t := &try{back: true, ended: make(chan struct{})}
		v.mu.Lock()
		v.current, d = t, next
		v.mu.Unlock()
		go func() {
			defer close(t.ended)
			if t.err = next.Wait(v.ctx); t.err != nil {
				v.happened(event{failure, t.err})
				return
			}
			v.happened(event{what: signed})
		}()
		return nil
	}
	if !v.wantsSecret() {
		if err := again(); err != nil {
			return err
		}
	}
	v.mux.HandleFunc("GET "+v.path+"{$}", v.invited(func(w http.ResponseWriter, r *http.Request) {
		if v.wantsSecret() {
			redirect(w, r, v.path+"secret")
			return
		}
		if err := again(); err != nil {
			v.failed(w, err)
			v.happened(event{failure, err})
			return
		}
		redirect(w, r, v.path+"code")
	}))
	v.mux.HandleFunc("GET "+v.path+"code", v.invited(func(w http.ResponseWriter, r *http.Request) {
		v.mu.Lock()
		d := d
		v.mu.Unlock()
		if d == nil {
			redirect(w, r, v.path)
			return
		}
		v.showCode(w, d)
	}))
	v.mux.HandleFunc("GET "+v.path+"news", v.invited(func(w http.ResponseWriter, r *http.Request) {
		t, _ := v.latest()
		select {
		case <-t.ended:
			redirect(w, r, v.path+"done")
		case <-time.After(codeStay):
			redirect(w, r, v.path+"code")
		case <-r.Context().Done():
		}
	}))
	v.takeSecret()
	return v.run(l, codeLife)
}

// showCode shows a code and where to enter it. The page goes on by itself.
func (v *visit) showCode(w http.ResponseWriter, d *session.Device) {
	address := d.URL
	if d.Full != "" {
		address = d.Full
	}
	body := "<h1>Enter this code</h1>\n" +
		`<p>Open <a href="` + html.EscapeString(address) + `" target="_blank" rel="noopener noreferrer">` + html.EscapeString(d.URL) + "</a>, here or on any other device, and enter:</p>\n" +
		`<p><span class="copied"><code id="code">` + html.EscapeString(d.Code) + `</code> <button type="button" class="copy" data-copy="code">Copy</button></span></p>` +
		"\n<p id=\"news\" class=\"unseen\" role=\"status\"></p>\n<p class=\"note\">Only agree there if the code is the same. This page goes on by itself once you have.</p>\n"
	w.Header().Set(CodeHeader, d.Code)
	w.Header().Set(EnterHeader, url.PathEscape(address))
	v.show(w, sheet{status: http.StatusOK, title: "Enter this code", body: body, form: true, goTo: v.path + "news"})
}
