package session

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// A reply is what an endpoint answered, as far as sorting needs it.
type reply struct {
	where  string
	status int
	header http.Header
	body   []byte
	secure bool // it came behind a certificate that is valid for the provider's name, so the provider sent it
}

// received is a response as a reply from the endpoint where.
func received(where string, resp *http.Response, body []byte) reply {
	return reply{where, resp.StatusCode, resp.Header, body, resp.TLS != nil}
}

// isPage reports whether a reply is for a person's eyes.
func (r reply) isPage() bool {
	body := bytes.TrimSpace(r.body)
	return bytes.HasPrefix(body, []byte("<")) ||
		len(body) > 0 && strings.HasPrefix(r.header.Get("Content-Type"), "text/html") && readFields(body) == nil
}

// pageTitle is the title of a page, "" where it has none.
func pageTitle(body []byte) string {
	lower := bytes.ToLower(body)
	from := bytes.Index(lower, []byte("<title>"))
	if len(lower) != len(body) || from < 0 {
		return ""
	}
	from += len("<title>")
	to := bytes.Index(lower[from:], []byte("</title"))
	if to < 0 {
		return ""
	}
	return string(body[from : from+to])
}

// readFields reads what a token endpoint answered: a JSON object, or a form, whatever its Content-Type says.
// The names are in lower case. It is nil where body is neither.
func readFields(body []byte) map[string]json.RawMessage {
	body = bytes.TrimPrefix(bytes.TrimSpace(body), []byte("\ufeff"))
	var object map[string]json.RawMessage
	if json.Unmarshal(body, &object) == nil {
		return lowerNames(object)
	}
	form, err := url.ParseQuery(string(body))
	if err != nil || form.Get("error") == "" && form.Get("access_token") == "" && form.Get("refresh_token") == "" {
		return nil
	}
	fields := map[string]json.RawMessage{}
	for name := range form {
		fields[name] = quote(form.Get(name))
	}
	return fields
}

// lowerNames returns an object with its names in lower case; one that is so already goes before others.
func lowerNames(object map[string]json.RawMessage) map[string]json.RawMessage {
	fields := map[string]json.RawMessage{}
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(object))) { // capitals sort first
		if lower := strings.ToLower(name); fields[lower] == nil {
			fields[lower] = object[name]
		}
	}
	return fields
}

// quote is s as JSON.
func quote(s string) json.RawMessage {
	raw, _ := json.Marshal(s) // of a string it can't fail
	return raw
}

// parseError finds what went wrong in a reply's body, in any of the forms that endpoints use: OAuth's error and
// error_description, an object or a list of them, a message, a form; or else the body itself.
func parseError(body []byte) (code, text string) {
	fields := readFields(body)
	if fields == nil {
		var list []json.RawMessage
		if json.Unmarshal(body, &list) == nil {
			return errorIn(map[string]json.RawMessage{"errors": body})
		}
		return "", string(body)
	}
	return errorIn(fields)
}

// The names that errors and what is said of them go by, the most telling first.
var (
	codeNames = []string{"reason", "error", "error_code", "errorcode", "errortype", "code"}
	textNames = []string{"error_description", "message", "error_message", "errorsummary", "msg", "detail", "description", "title"}
)

// errorIn finds the error in an object.
func errorIn(fields map[string]json.RawMessage) (code, text string) {
	for _, name := range []string{"error", "errors"} {
		inner := fields[name]
		var list []json.RawMessage
		if json.Unmarshal(inner, &list) == nil && len(list) > 0 {
			inner = list[0]
		}
		var object map[string]json.RawMessage
		switch {
		case json.Unmarshal(inner, &object) == nil && len(object) > 0:
			code, text = named(lowerNames(object))
			if text == "" {
				text = flatten(inner)
			}
		case name == "errors":
			text = str(inner)
		}
		if code != "" || text != "" {
			break
		}
	}
	outerCode, outer := named(fields)
	if code == "" && str(fields["error"]) != "" {
		code = str(fields["error"])
	} else if code == "" {
		code = outerCode
	}
	if text == "" {
		text = outer
	} else if outer != "" && !strings.Contains(text, outer) {
		text = outer + ": " + text
	}
	if strings.ContainsAny(code, " \t\n") { // a sentence
		code, text = "", strings.TrimSuffix(code+": "+text, ": ")
	}
	return code, text
}

// named finds the code and the text of an error by their names.
func named(fields map[string]json.RawMessage) (code, text string) {
	for _, name := range codeNames {
		if code = str(fields[name]); code != "" {
			break
		}
	}
	for _, name := range textNames {
		if text = flatten(fields[name]); text != "" {
			break
		}
	}
	return code, text
}

// str is raw as a string, "" where it is something else.
func str(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// flatten is all that is said in raw, the names in an object included.
func flatten(raw json.RawMessage) string {
	var object map[string]json.RawMessage
	var list []json.RawMessage
	var words []string
	switch {
	case json.Unmarshal(raw, &object) == nil:
		for _, name := range slices.Sorted(maps.Keys(object)) {
			if said := flatten(object[name]); said != "" {
				words = append(words, name, said)
			}
		}
	case json.Unmarshal(raw, &list) == nil:
		for _, item := range list {
			if said := flatten(item); said != "" {
				words = append(words, said)
			}
		}
	default:
		return str(raw)
	}
	return strings.Join(words, " ")
}
