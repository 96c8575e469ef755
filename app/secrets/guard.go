package secrets

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/gofrs/flock"

	"fermata/checks"
	"fermata/checks/files"
	"fermata/checks/session"
)

const (
	lockPatience = 45 * time.Second       // longer than a renewal takes whose answer comes in time: its request and its saving
	lockPause    = 100 * time.Millisecond // between tries to get the lock
	recordSize   = 512                    // bytes of a record, so that it can be changed on a full disk
)

// Guard implements session.Guard with two files for each account, a lock and the record of the renewal
// under way. They lie in the folder of the sign-ins, which is the same for every process of one person,
// whatever its desktop session, so that no two of them renew one sign-in at once.
type Guard struct {
	dir      string
	patience time.Duration
}

// NewGuard returns one whose files are in dir, which is made when it is needed.
func NewGuard(dir string) *Guard { return &Guard{dir, lockPatience} }

// A record says that a renewal is under way, or never came to a known end.
type record struct {
	Key   []byte       `json:"key"`   // random, of this record alone
	Token []byte       `json:"token"` // HMAC-SHA256 of the refresh token that is being renewed
	Began time.Time    `json:"began"`
	Lost  session.Loss `json:"lost,omitempty"`
}

func (r record) of(token string) bool { return hmac.Equal(r.Token, keyed(r.Key, token)) }

func keyed(key []byte, token string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(token))
	return h.Sum(nil)
}

// Lock implements session.Guard.
func (g *Guard) Lock(ctx context.Context, account string) (unlock func(), err error) {
	unlock, err = lockFile(ctx, g.path(account, "lock"), g.patience)
	return unlock, hinted(err)
}

// Begin implements session.Guard. That there is room for another file shows that the reply can be saved.
func (g *Guard) Begin(account, token string, at time.Time) (earlier session.Interruption, err error) {
	r, err := g.read(account)
	if err == nil && r.of(token) {
		earlier = session.Interruption{Began: r.Began, Lost: r.Lost}
	} else {
		r = record{Key: make([]byte, sha256.Size), Began: at}
		rand.Read(r.Key)
		r.Token = keyed(r.Key, token)
	}
	path := g.path(account, "json")
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() || info.Size() != recordSize {
		return earlier, write(path, r.padded())
	}
	if err = room(g.dir); err == nil {
		err = overwrite(path, r.padded(), true)
	}
	if err != nil {
		return earlier, unsaved(path, err)
	}
	return earlier, nil
}

// End implements session.Guard. A record that is removed leaves its file for the next: to write that over takes
// one flush of the disk, and a new file takes two.
func (g *Guard) End(account string, lost session.Loss) error {
	path := g.path(account, "json")
	if lost == session.LostNothing {
		if err := overwrite(path, bytes.Repeat([]byte(" "), recordSize), false); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	r, err := g.read(account)
	if err != nil {
		return err
	}
	r.Lost = lost
	return overwrite(path, r.padded(), true)
}

// overwrite writes over what is in a file, for which a full disk has room. So little is written as a whole or
// not at all, and where it is flushed it is on the disk when overwrite returns.
func overwrite(path string, data []byte, flush bool) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if _, err = f.WriteAt(data, 0); err == nil && flush {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// room returns why there is no room for another record in the folder.
func room(dir string) error {
	f, err := os.CreateTemp(dir, ".fermata-*.tmp")
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, recordSize))
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}

// padded is a record as it stands in its file, of one size whatever it says.
func (r record) padded() []byte {
	text, err := json.Marshal(r)
	if err != nil { // a year beyond 9999
		r.Began = time.Time{}
		text, _ = json.Marshal(r)
	}
	return append(text, bytes.Repeat([]byte(" "), max(0, recordSize-len(text)))...)
}

func (g *Guard) read(account string) (record, error) {
	var r record
	text, err := files.Read(g.path(account, "json"), 2*recordSize)
	if err == nil && json.Unmarshal(text, &r) != nil {
		err = ErrDamaged
	}
	return r, err
}

func (g *Guard) path(account, kind string) string {
	return filepath.Join(g.dir, "renewal-"+account+"."+kind)
}

// lockFile takes the lock that the file at path is, which it makes, and its folder too. The system lets go of
// it when the process ends, however it ends. It waits for up to patience (ErrBusy).
func lockFile(ctx context.Context, path string, patience time.Duration) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, unsaved(path, err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, patience, ErrBusy)
	defer cancel()
	l := flock.New(path)
	if _, err = l.TryLockContext(ctx, lockPause); err == nil {
		own(path)
		return func() { _ = l.Close() }, nil // the lock goes with the file's descriptor
	}
	_ = l.Close()
	switch {
	case errors.Is(err, errors.ErrUnsupported), errors.Is(err, syscall.ENOLCK):
		return func() {}, nil // some network file systems have no locks
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	}
	return nil, unsaved(path, err)
}

// write replaces a file, see files.Write, for the person alone.
func write(path string, data []byte) error {
	if err := files.Write(path, data, 0o600); err != nil {
		return unsaved(path, err)
	}
	own(path)
	return nil
}

// unsaved says that nothing can be saved where path is, and why.
func unsaved(path string, err error) error {
	dir := filepath.Dir(path)
	if e, ok := errors.AsType[syscall.Errno](err); ok {
		err = e // the rest of its text would repeat the folder
	}
	if home, e := os.UserHomeDir(); e == nil && len(home) > 1 {
		if rest, ok := strings.CutPrefix(dir, home+string(filepath.Separator)); ok {
			dir = filepath.Join("~", rest)
		}
	}
	hint := "Let Fermata write to " + dir + ", then try again."
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		hint = "Make room on the disk, then try again."
	}
	return checks.WithHint(fmt.Errorf("can’t save to %s: %w", dir, err), hint)
}
