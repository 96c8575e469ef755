package cause

import (
	"slices"
	"strings"

	"fermata/checks"
	"fermata/checks/session"
	"fermata/checks/text"
)

var keyringRows = []row{
	{
		id: Keyring, group: keyring,
		clues: []clue{
			{60, keyringTrouble},
			{40, with(keyringTrouble, when("you can unlock it", func(e Evidence) bool { return e.KeyringLocked }))},
		},
		say: func(e Evidence) said {
			return keyringSays(e, "Unlock it to continue.", "Unlock it; until then, you’ll stay signed in only until Fermata closes.")
		},
		about: "Fermata keeps your sign-in in the system’s keyring, so that nobody who reads your files gets it. " +
			"Most keyrings open when you log in; one with a password of its own waits until you type it.",
		fixes: keyringFixes(nil, SignIn), because: "unlock the keyring first",
	},
	{
		id: KeyringLost, group: keyring,
		clues: []clue{{95, with(when("it can’t be unlocked", func(e Evidence) bool { return !e.KeyringLocked }), keyringTrouble)}},
		say: func(e Evidence) said {
			err, _ := keyringError(e)
			return keyringSays(e, checks.Hint(err), "You’ll stay signed in only until Fermata closes. "+checks.Hint(err))
		},
		about: "Fermata keeps your sign-in in the system’s keyring, so that nobody who reads your files gets it; the settings can name a file instead. " +
			"What can’t be saved it holds in memory, tries to save by itself, and asks for it again after a restart.",
		fixes: keyringFixes([]Fix{Refresh}, SignIn, Support), because: "won’t help: the problem is where this computer keeps sign-ins",
	},
}

// keyringError is why the sign-in can't be read or, if unsaved, why it can't be saved.
func keyringError(e Evidence) (err error, unsaved bool) {
	if t := e.at(session.AtKeyring); t != nil {
		return t, false
	}
	return e.Session.SaveError, e.Session.SaveError != nil
}

func keyringTrouble(e Evidence) string {
	err, _ := keyringError(e)
	if err == nil {
		return ""
	}
	return text.Lower(strings.TrimSuffix(sentence(err), "."))
}

// keyringSays tells a sign-in that can't be read from one that can't be saved, or not renewed since what
// replaces it could not be saved, and what to do about it.
func keyringSays(e Evidence, unread, unsaved string) said {
	if err, is := keyringError(e); is {
		return said{checks.Warning, "Your sign-in can’t be saved", sentence(err) + " " + unsaved}
	}
	if e.Session.Keyring == nil {
		title, why := "Your %s session can’t be renewed", sentence(e.Session.Trouble)+" "+unread
		if !e.usable() {
			why += " Or go on without saving: then you’ll stay signed in only until Fermata closes."
			if !e.Session.RenewedAt.IsZero() {
				title = "Your %s session has ended"
			}
		}
		return said{max(e.level, checks.Warning), title, why}
	}
	return said{max(e.level, checks.Warning), "Your saved sign-in can’t be read", sentence(e.Session.Trouble) + " " + unread}
}

// keyringFixes are those where the sign-in can't be read. One that can't be saved is good already, and has
// at most to be tried again; so has one that is not renewed for that.
func keyringFixes(again []Fix, unread ...Fix) func(Evidence) []Fix {
	return func(e Evidence) []Fix {
		_, unsaved := keyringError(e)
		switch {
		case unsaved:
			return slices.Clone(again)
		case e.Session.Keyring == nil:
			return append(slices.Clone(again), unread...)
		}
		return slices.Clone(unread)
	}
}

// sentence is an error as one.
func sentence(err error) string {
	return text.Upper(strings.TrimSuffix(line(err.Error()), ".")) + "."
}
