package secrets

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"runtime"

	"fermata/checks"
	"fermata/checks/files"
	"fermata/checks/session"
)

// File keeps sign-ins in a file that only the user can read: for those who chose that, or have no
// keyring. It is JSON, an object with a Grant for each account, and it is replaced as a whole, under a lock
// beside it that lasts from reading the file to replacing it.
type File struct{ path string }

// NewFile returns one that keeps sign-ins at path. The file and its folder are made when there is
// something to keep.
func NewFile(path string) *File { return &File{path: path} }

// Load implements session.Keeper.
func (f *File) Load(ctx context.Context, account string) (session.Grant, error) {
	grants, err := f.read()
	if err != nil {
		return session.Grant{}, hinted(err)
	}
	if g, ok := grants[account]; ok {
		return g, nil
	}
	return session.Grant{}, session.ErrNoGrant
}

// Save implements session.Keeper. The grants of other accounts stay; a file that cannot be read, so
// that they would be lost, stays as well.
func (f *File) Save(ctx context.Context, account string, g session.Grant) error {
	return hinted(f.change(ctx, func(grants map[string]session.Grant) { grants[account] = g }))
}

// Delete implements session.Keeper.
func (f *File) Delete(ctx context.Context, account string) error {
	return hinted(f.change(ctx, func(grants map[string]session.Grant) { delete(grants, account) }))
}

func (f *File) change(ctx context.Context, edit func(map[string]session.Grant)) error {
	unlock, err := lockFile(ctx, f.path+".lock", patience)
	if err != nil {
		return err
	}
	defer unlock()
	grants, err := f.read()
	if err != nil {
		return err
	}
	edit(grants)
	if len(grants) == 0 {
		if err := os.Remove(f.path); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	text, err := json.MarshalIndent(grants, "", "\t")
	if err != nil {
		return err
	}
	return write(f.path, append(text, '\n'))
}

// read returns what the file holds, an empty map if there is none.
func (f *File) read() (map[string]session.Grant, error) {
	grants := map[string]session.Grant{}
	fi, err := os.Stat(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return grants, nil
	case err != nil:
		return nil, err
	case runtime.GOOS != "windows" && fi.Mode().IsRegular() && fi.Mode().Perm()&0o077 != 0:
		return nil, checks.WithHint(ErrExposed, "Run: chmod 600 "+f.path)
	}
	text, err := files.Read(f.path, maxKept)
	if err != nil && !errors.Is(err, files.ErrTooLarge) {
		return nil, err
	}
	if err != nil || decode(text, &grants) != nil || grants == nil {
		return nil, checks.WithHint(ErrDamaged, "Remove "+f.path+" and sign in again.")
	}
	return grants, nil
}
