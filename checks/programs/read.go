package programs

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"

	"fermata/checks/files"
	"fermata/checks/programs/tokenfile"
	"fermata/checks/text"
)

const (
	maxSize = 1 << 20                // bytes; tokens and scopes take some kilobytes
	maxText = 200                    // characters of a path, or of what the system says
	pause   = 200 * time.Millisecond // before a file that ends in the middle is read again
)

// A reading is what one file held.
type reading struct {
	place
	token    tokenfile.Token
	modified time.Time // by the clock of then
	err      error
}

// scan reads those of the places that are there, or that are known to have held a token. The programs
// truncate and rewrite in place, so what ends in the middle is read once more a little later.
func scan(ctx context.Context, places []place, known map[string]held) []reading {
	all := make([]reading, len(places))
	again := false
	for i, p := range places {
		all[i] = read(p)
		again = again || all[i].err == tokenfile.ErrCut
	}
	if again {
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
	var told []reading
	for _, r := range all {
		if r.err == tokenfile.ErrCut {
			r = read(r.place)
		}
		_, held := known[r.path]
		if r.err == nil || !errors.Is(r.err, fs.ErrNotExist) && (r.program != "" || held) {
			told = append(told, r)
		}
	}
	return told
}

// read reads one file. It follows links, as the programs do.
func read(p place) reading {
	r := reading{place: p}
	info, err := os.Stat(p.path)
	if err != nil {
		r.err = err
		return r
	}
	r.modified = info.ModTime()
	data, err := files.Read(p.path, maxSize)
	if r.err = err; err == nil {
		var found []tokenfile.Token
		if found, r.err = tokenfile.Find(data, ""); r.err == nil {
			r.token = tokenfile.Merge(found)
		}
	}
	clear(data)
	return r
}

// reason says in a few words why a file could not be read, without its path.
func reason(err error) string {
	var of *fs.PathError
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "no permission"
	case errors.Is(err, syscall.ELOOP):
		return "its links point at each other"
	case errors.As(err, &of):
		return text.Line(of.Err.Error(), maxText)
	}
	return err.Error()
}
