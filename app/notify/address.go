package notify

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Scheme is the URI scheme of the addresses that Windows opens when a toast's button is clicked.
const Scheme = "fermata"

const (
	addressPrefix = Scheme + ":do/"
	maxAddress    = 2048 // bytes; what Windows hands to a program is not much longer
	maxField      = 200  // bytes of a key or a button's ID
)

// Address writes c as "fermata:do/ACTION-ID?notice=KEY". It leaves out the activation token.
func Address(c Click) string {
	path := (&url.URL{Path: c.Button}).EscapedPath()
	return addressPrefix + path + "?notice=" + url.QueryEscape(c.Key)
}

// ParseAddress reads what Address wrote. Anybody can have an address opened, a web page for one, so
// the click that it returns is a request: run it only if that notice is on show and offers that button.
func ParseAddress(address string) (Click, error) {
	if len(address) > maxAddress {
		return Click{}, fmt.Errorf("address of %d bytes, at most %d are read", len(address), maxAddress)
	}
	rest, ours := strings.CutPrefix(address, addressPrefix)
	path, query, _ := strings.Cut(rest, "?")
	button, err1 := url.PathUnescape(path)
	values, err2 := url.ParseQuery(query)
	c := Click{Key: values.Get("notice"), Button: button}
	switch {
	case !ours, strings.Contains(rest, "#"), err1 != nil, err2 != nil, len(values) != 1, len(values["notice"]) != 1:
		return Click{}, errors.New("address is not of the form " + addressPrefix + "ACTION?notice=KEY")
	case !plain(c.Key), !plain(c.Button):
		return Click{}, fmt.Errorf("action or notice in address is empty, over %d bytes, or has control characters", maxField)
	}
	return c, nil
}

// plain reports whether s can be a key or a button's ID.
func plain(s string) bool {
	return s != "" && len(s) <= maxField && utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}
