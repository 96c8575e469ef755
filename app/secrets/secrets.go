// Package secrets keeps sign-ins where session.Keeper wants them: in the system's keyring, in a file
// that only the user can read, or, for the demo, in memory.
//
// Its errors say which of a few things is wrong, see the variables, and carry a hint that a person can
// act on. None of them has anything of a secret in it.
package secrets

import (
	"encoding/json"
	"errors"
	"fmt"

	"fermata/checks"
)

// What can be wrong. Only ErrDamaged is about one account; the others are about the whole store.
var (
	ErrAbsent   = errors.New("this desktop has no keyring")
	ErrOff      = errors.New("the keyring is switched off") // or serves none but its own desktop's programs
	ErrLocked   = errors.New("the keyring is locked")       // Keyring.Unlock asks for the password
	ErrNone     = errors.New("no keyring was made so far")  // Keyring.Unlock asks to make one
	ErrHung     = errors.New("the keyring does not answer")
	ErrRefused  = errors.New("the keyring refused")
	ErrTooLarge = errors.New("the sign-in is too large for the keyring")
	ErrDamaged  = errors.New("the sign-in that was kept is damaged")
	ErrBusy     = errors.New("another Fermata holds the sign-in and doesn’t let go of it") // it renews, or could not save yet
	ErrExposed  = errors.New("other users can read the file of sign-ins")
)

// errHeld is ErrLocked of a keyring that is known to have the sign-in.
var errHeld = fmt.Errorf("%w", ErrLocked)

const useFile = `or set store = "file" under [secrets] in the settings`

var hints = map[error]string{
	ErrAbsent:   "Install gnome-keyring or KWallet, " + useFile + ".",
	ErrOff:      "Switch it on in the desktop's settings (KDE Wallet), " + useFile + ".",
	ErrLocked:   "Unlock the keyring; until then the sign-in is held in memory only.",
	ErrNone:     "Let Fermata make a keyring, " + useFile + ".",
	ErrHung:     "Log out of the desktop and in again, " + useFile + ".",
	ErrRefused:  "Look into the keyring with your desktop's password manager, " + useFile + ".",
	ErrTooLarge: `Set store = "file" under [secrets] in the settings.`,
	ErrDamaged:  "Sign in again.",
	ErrBusy:     "End the other Fermata, then try again.",
}

// hinted gives err the hint that belongs to it.
func hinted(err error) error {
	for cause, hint := range hints {
		if errors.Is(err, cause) && checks.Hint(err) == "" {
			return checks.WithHint(err, hint)
		}
	}
	return err
}

// maxKept is what one kept value, or the file of all of them, may have at most, in bytes.
const maxKept = 1 << 20

func decode(text []byte, v any) error {
	if len(text) > maxKept || json.Unmarshal(text, v) != nil {
		return ErrDamaged // and not the decoder's words, which quote from the text
	}
	return nil
}
