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
// beside it that lasts from reading the file to replacing it. A link at its place is followed: the file that it
// leads to is replaced, and locked.
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

// Prepare implements session.Preparer: it makes room on the disk for the whole file as it will be, however full
// the disk becomes.
func (f *File) Prepare(ctx context.Context, account string) error {
	return hinted(f.locked(ctx, func(path string) error {
		size := int64(growth)
		if info, err := os.Stat(path); err == nil {
			size += info.Size()
		}
		if err := files.Reserve(path, size, 0o600); err != nil {
			return unsaved(path, err)
		}
		return nil
	}))
}

// growth is by how much one save may make the file larger, in bytes: refresh tokens have at most a few kB.
const growth = 8 << 10

// locked does something to the file, which is at path, under its lock.
func (f *File) locked(ctx context.Context, do func(path string) error) error {
	path := files.Target(f.path)
	unlock, err := lockFile(ctx, path+".lock", patience)
	if err != nil {
		return err
	}
	defer unlock()
	return do(path)
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
	return f.locked(ctx, func(path string) error {
		grants, err := f.read()
		if err != nil {
			return err
		}
		edit(grants)
		if len(grants) == 0 {
			return files.Remove(path)
		}
		text, err := json.MarshalIndent(grants, "", "\t")
		if err != nil {
			return err
		}
		return write(path, append(text, '\n'))
	})
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
		return nil, checks.WithHint(err, "Let Fermata read "+f.path+", or remove it and sign in again.")
	}
	if err != nil || decode(text, &grants) != nil || grants == nil {
		return nil, checks.WithHint(ErrDamaged, "Remove "+f.path+" and sign in again.")
	}
	return grants, nil
}
