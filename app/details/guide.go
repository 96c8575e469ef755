package details

import "net/http"

// guidePage is the page of "The music stopped…", and how the IDs of its parts begin.
const guidePage = "guide"

// maxPaste is how many bytes a form with a pasted text may have: 1 MB, of which each byte may take three.
const maxPaste = 3<<20 + maxForm

// guide shows the guide, which begins when it is first seen.
func (v *visit) guide(w http.ResponseWriter, r *http.Request) {
	v.src.Begin(r.Context())
	v.show(w, r, http.StatusOK, "guide", nil)
}

// see takes what the person sees: one of the answers on the page, or a text of their own.
func (v *visit) see(w http.ResponseWriter, r *http.Request) {
	v.src.See(r.Context(), r.PostForm.Get("see"))
	v.back(w, r)
}
