package programs

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"syscall"
	"time"

	"fermata/checks/files"
	"fermata/checks/programs/tokenfile"
	"fermata/checks/text"
)

const (
	maxSize  = 1 << 20                // bytes; tokens and scopes take some kilobytes
	maxLabel = 40                     // characters of what a file calls a token
	maxText  = 200                    // characters of a path, or of what the system says
	pause    = 200 * time.Millisecond // before a file that ends in the middle is read again
)

// A reading is what one file held of one program.
type reading struct {
	place
	path     string
	token    tokenfile.Token
	modified time.Time // by the clock of then
	err      error
}

// isWriting reports whether a program was writing the file a moment ago.
func (r reading) isWriting() bool {
	return r.err == tokenfile.ErrCut && time.Since(r.modified).Abs() < time.Minute
}

// scanned is what one look read; watched says that changes will be told.
type scanned struct {
	readings []reading
	watched  bool
}

// scan reads those of the places that are there, or that are known to have held a token. The programs
// truncate and rewrite in place, so what ends in the middle is read once more a little later.
func scan(ctx context.Context, places []place, known map[uint64]entry, w *watch) scanned {
	watched := w.follow(places) // before the files are read, so that no later change is missed
	var all []reading
	again := false
	seen := map[string]bool{}
	for _, p := range places {
		for path := range p.files() {
			if seen[path] {
				continue
			}
			seen[path] = true
			if !p.off {
				found := read(p, path)
				all, again = append(all, found...), again || found[0].err == tokenfile.ErrCut
			}
		}
	}
	if again {
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
	var told []reading
	for _, r := range all {
		list := []reading{r}
		if r.err == tokenfile.ErrCut {
			list = read(r.place, r.path)
		}
		for _, r := range list {
			_, held := known[fileOf(r.path, "")]
			if r.err == nil || !errors.Is(r.err, fs.ErrNotExist) && (r.sure || held) {
				told = append(told, r)
			}
		}
	}
	return scanned{told, watched}
}

// read reads one file: a reading for each label in it. It follows links, as the programs do.
func read(p place, path string) []reading {
	r := reading{place: p, path: path}
	info, err := os.Stat(path)
	if err != nil {
		r.err = err
		return []reading{r}
	}
	r.modified = info.ModTime()
	data, err := files.Read(path, maxSize)
	if err != nil {
		r.err = err
		return []reading{r}
	}
	found, err := tokenfile.Find(data, p.label)
	clear(data)
	if err != nil {
		r.err = err
		return []reading{r}
	}
	var all []reading
	for len(found) > 0 {
		label := found[0].Label
		other := slices.DeleteFunc(slices.Clone(found), func(t tokenfile.Token) bool { return t.Label == label })
		same := slices.DeleteFunc(found, func(t tokenfile.Token) bool { return t.Label != label })
		r.token = tokenfile.Merge(same)
		r.token.Label = text.Line(label, maxLabel)
		if t := &r.token; t.End.IsZero() && !t.BadEnd && !t.Issued.IsZero() && p.lasts > 0 {
			t.End = t.Issued.Add(p.lasts)
		}
		all, found = append(all, r), other
	}
	return all
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
