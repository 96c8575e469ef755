package programs

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"time"

	"fermata/checks/files"
	"fermata/checks/programs/tokenfile"
)

// sights keep when each refresh token was first seen, so that the estimate of its end starts anew neither when
// Fermata does nor when a program writes its file again. What is kept of a token is a hash with a key, which
// tells one from another and gives neither away.
type sights struct {
	path string // "": nothing is kept
	key  []byte
}

// kept is what the file holds.
type kept struct {
	Key   []byte           `json:"key"`
	First map[string]int64 `json:"first"` // Unix seconds in true time, by marks in hexadecimal
}

const (
	maxSights = 4 << 20             // bytes of the file: a hundred thousand tokens
	oldSight  = 2 * 365 * 24 * 3600 // seconds; one this old whose token is gone is forgotten
	keySize   = 32                  // bytes
)

// newSights reads the key, or makes one.
func newSights(path string) *sights {
	s := &sights{path: path}
	if k, _ := s.load(); len(k.Key) == keySize {
		s.key = k.Key
		return s
	}
	s.key = make([]byte, keySize)
	rand.Read(s.key) // it never fails (crypto/rand)
	return s
}

// load reads the file. One that can't be read, which is not one that is garbage, must not be written over.
func (s *sights) load() (k kept, err error) {
	if s.path == "" {
		return kept{}, nil
	}
	data, err := files.Read(s.path, maxSights)
	if errors.Is(err, fs.ErrNotExist) {
		return kept{}, nil
	}
	if err != nil || json.Unmarshal(data, &k) != nil {
		return kept{}, err
	}
	return k, nil
}

// mark tells one secret from another; 0: it is none.
func (s *sights) mark(secret tokenfile.Secret) uint64 {
	if secret == "" {
		return 0
	}
	h := hmac.New(sha256.New, s.key)
	h.Write([]byte(secret))
	return binary.BigEndian.Uint64(h.Sum(nil))
}

// keep puts the earlier sight into each entry whose first is unsaved, and saves what is new once true time is known.
// It reports whether nothing is left to save.
func (s *sights) keep(list *List, known bool) bool {
	some := slices.ContainsFunc(list.entries, func(e entry) bool { return e.flags&unsaved != 0 })
	if !some || s.path == "" {
		return true
	}
	k, err := s.load()
	if err != nil {
		return false
	}
	if !hmac.Equal(k.Key, s.key) {
		k = kept{Key: s.key}
	}
	if k.First == nil {
		k.First = map[string]int64{}
	}
	present, left := map[string]bool{}, 0
	for i := range list.entries {
		e := &list.entries[i]
		if e.life == 0 {
			continue
		}
		id := strconv.FormatUint(e.refresh, 16)
		present[id] = true
		if at, ok := k.First[id]; ok && at <= e.first {
			e.first = at
			e.flags &^= unsaved
		} else if e.flags&unsaved != 0 {
			k.First[id] = e.first
			left++
		}
	}
	if left == 0 || !known {
		return left == 0
	}
	maps.DeleteFunc(k.First, func(id string, at int64) bool { return !present[id] && at < time.Now().Unix()-oldSight })
	data, err := json.Marshal(k)
	if err != nil || files.Write(s.path, data, 0o600) != nil {
		return false
	}
	for i := range list.entries {
		list.entries[i].flags &^= unsaved
	}
	return true
}
