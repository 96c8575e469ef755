package details

import (
	"net/http"
	"slices"
	"strings"

	"fermata/app/config"
	"fermata/checks"
	"fermata/checks/text"
)

// A form is what was typed into one of the forms for settings, and what is wrong with it.
type form struct {
	Typed map[string]string // by field
	Wrong map[string]string // a sentence; "": about the form as a whole
}

// sections are the fields of the settings that belong to no account, and where the file has them. A list has
// its items on lines of their own, or between commas.
var sections = map[string]string{
	"tolerance": "clock.tolerance", "servers": "clock.servers", "session": "notify.session", "grant": "notify.grant",
}

// settings takes a form for settings. What is in it that can't be is told beside the field, and then nothing
// is written.
func (v *visit) settings(w http.ResponseWriter, r *http.Request) {
	f := &form{map[string]string{}, map[string]string{}}
	for field := range r.PostForm {
		f.Typed[field] = strings.TrimSpace(r.PostForm.Get(field))
	}
	version, _, err := v.src.Await(r.Context(), 0)
	if err != nil {
		http.Error(w, "Fermata is ending", http.StatusServiceUnavailable)
		return
	}
	var wrong []config.Wrong
	if v.src.Settings == "" {
		f.Wrong[""] = "There is no settings file here."
	} else if _, ok := f.Typed["new-name"]; ok {
		wrong, err = config.AddAccount(v.src.Settings, f.Typed["new-name"], f.Typed["new-client_id"])
	} else {
		wrong, err = config.Change(v.src.Settings, f.edits())
	}
	if err != nil {
		f.Wrong[""] = text.Sentence(err.Error()) + " " + checks.Hint(err)
	}
	for _, e := range wrong {
		f.Wrong[f.field(e.Edit)] = text.Sentence(e.Err.Error())
	}
	if len(f.Wrong) > 0 {
		v.show(w, r, http.StatusUnprocessableEntity, "page", f)
		return
	}
	v.settle(r.Context(), version)
	v.back(w, r)
}

// edits are what the fields ask for. Nothing is asked for by a field that is not there.
func (f *form) edits() []config.Edit {
	var all []config.Edit
	for field, key := range sections {
		typed, ok := f.Typed[field]
		switch {
		case !ok:
		case field == "servers" || field == "grant":
			items := strings.FieldsFunc(typed, func(r rune) bool { return strings.ContainsRune(",; \r\n\t", r) })
			all = append(all, config.Edit{Key: key, Values: items})
		default:
			all = append(all, config.Edit{Key: key, Values: []string{typed}})
		}
	}
	for field, typed := range f.Typed {
		key, account, ok := strings.Cut(field, ":")
		if ok && (key == "renew" || key == "client_id") {
			all = append(all, config.Edit{Account: account, Key: key, Values: []string{typed}})
		}
	}
	slices.SortFunc(all, func(a, b config.Edit) int { return strings.Compare(a.Account+a.Key, b.Account+b.Key) })
	return all
}

// field is the one that asked for an edit.
func (f *form) field(e config.Edit) string {
	if _, ok := f.Typed["new-name"]; ok {
		return "new-" + e.Key
	}
	for field, key := range sections {
		if e.Account == "" && key == e.Key {
			return field
		}
	}
	return e.Key + ":" + e.Account
}

// An input is a field as the template shows it.
type input struct {
	Name, Label, Help, Value, Wrong string
	Area                            bool // of several lines
}

// Input is the field of that name. It has what was typed, or else what the settings have.
func (s sheet) Input(name, label, help, usual string) input {
	if s.Form != nil {
		if typed, ok := s.Form.Typed[name]; ok {
			usual = typed
		}
	}
	return input{Name: name, Label: label, Help: help, Value: usual, Wrong: s.Wrong(name)}
}

// Area is Input for a list.
func (s sheet) Area(name, label, help string, usual []string) input {
	i := s.Input(name, label, help, strings.Join(usual, "\n"))
	i.Area = true
	return i
}

// Wrong is what is wrong with a field, "" if nothing is.
func (s sheet) Wrong(field string) string {
	if s.Form == nil {
		return ""
	}
	return s.Form.Wrong[field]
}

// Adding reports whether an account was to be added, and could not be.
func (s sheet) Adding() bool {
	if s.Form == nil {
		return false
	}
	_, ok := s.Form.Typed["new-name"]
	return ok
}
