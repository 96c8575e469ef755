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
		say: keyringSays(func(err error, unsaved bool) string {
			if unsaved {
				return bare(err) + " Unlock it; until then, you’ll stay signed in only until Fermata closes."
			}
			return bare(err) + " Unlock it to continue."
		}),
		about: "Fermata keeps your sign-in in the system’s keyring, so that nobody who reads your files gets it. " +
			"Most keyrings open when you log in; one with a password of its own waits until you type it.",
		fixes:   unlessUnsaved(SignIn),
		because: "unlock the keyring first",
	},
	{
		id: KeyringLost, group: keyring,
		clues: []clue{{95, with(when("it can’t be unlocked", func(e Evidence) bool { return !e.KeyringLocked }), keyringTrouble)}},
		say: keyringSays(func(err error, unsaved bool) string {
			why := bare(err)
			if unsaved {
				why += " You’ll stay signed in only until Fermata closes."
			}
			return strings.TrimSpace(why + " " + checks.Hint(err))
		}),
		about: "Fermata keeps your sign-in in the system’s keyring, so that nobody who reads your files gets it. " +
			"Without a keyring it holds the sign-in in memory, and asks for it again after a restart. The settings can name a file instead.",
		fixes:   unlessUnsaved(SignIn, Support),
		because: "won’t help: the problem is this computer’s keyring",
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
	return text.Lower(strings.TrimSuffix(bare(err), "."))
}

// keyringSays tells a sign-in that can't be read from one that can't be saved.
func keyringSays(why func(err error, unsaved bool) string) func(Evidence) said {
	return func(e Evidence) said {
		err, unsaved := keyringError(e)
		s := said{max(e.level, checks.Warning), "Your saved sign-in can’t be read", why(err, unsaved)}
		if unsaved {
			s.level, s.title = checks.Warning, "Your sign-in can’t be saved"
		}
		return s
	}
}

// unlessUnsaved offers fixes where the sign-in can't be read. One that can't be saved is good already.
func unlessUnsaved(fixes ...Fix) func(Evidence) []Fix {
	return func(e Evidence) []Fix {
		if _, unsaved := keyringError(e); unsaved {
			return nil
		}
		return slices.Clone(fixes)
	}
}

// bare is an error as a sentence, without what was being done for which account.
func bare(err error) string {
	words := line(err.Error())
	if doing, what, ok := strings.Cut(words, ": "); ok && strings.Contains(doing, "the sign-in") {
		words = what
	}
	return text.Upper(strings.TrimSuffix(words, ".")) + "."
}
