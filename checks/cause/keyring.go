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
		fixes: unlessUnsaved(SignIn), because: "unlock the keyring first",
	},
	{
		id: KeyringLost, group: keyring,
		clues: []clue{{95, with(when("it can’t be unlocked", func(e Evidence) bool { return !e.KeyringLocked }), keyringTrouble)}},
		say: func(e Evidence) said {
			err, _ := keyringError(e)
			return keyringSays(e, checks.Hint(err), "You’ll stay signed in only until Fermata closes. "+checks.Hint(err))
		},
		about: "Fermata keeps your sign-in in the system’s keyring, so that nobody who reads your files gets it. " +
			"Without a keyring it holds the sign-in in memory, and asks for it again after a restart. The settings can name a file instead.",
		fixes: unlessUnsaved(SignIn, Support), because: "won’t help: the problem is this computer’s keyring",
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

// keyringSays tells a sign-in that can't be read from one that can't be saved, and what to do about it.
func keyringSays(e Evidence, unread, unsaved string) said {
	if err, is := keyringError(e); is {
		return said{checks.Warning, "Your sign-in can’t be saved", bare(err) + " " + unsaved}
	}
	return said{max(e.level, checks.Warning), "Your saved sign-in can’t be read", bare(e.Session.Trouble) + " " + unread}
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
