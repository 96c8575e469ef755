package cause

import (
	"slices"
	"strings"

	"fermata/checks"
	"fermata/checks/session"
)

var keyringRows = []row{
	{
		id: Keyring, group: keyring,
		clues: []clue{
			{60, keyringTrouble},
			{40, when("it waits for its password", func(e Evidence) bool {
				return keyringTrouble(e) != "" && (e.KeyringLocked || contains(keyringTrouble(e), "locked"))
			})},
			{35, when("there is none yet", func(e Evidence) bool { return contains(keyringTrouble(e), "no keyring was made") })},
		},
		say: keyringSays(func(err error, kept bool) string {
			if kept {
				return bare(err) + " Unlock it; until then the sign-in lasts only while Fermata runs."
			}
			return bare(err) + " Unlock it, and the session goes on."
		}),
		about: "Fermata keeps the sign-in in your system's keyring, so that nobody who reads your files has it. " +
			"Most keyrings open when you log in; one that has a password of its own waits until you type it.",
		fixes:   unlessKept(SignIn),
		because: "the keyring must be unlocked first",
	},
	{
		id: KeyringLost, group: keyring,
		clues: []clue{
			{70, keyringTrouble},
			{25, when("it is not there, or refuses", func(e Evidence) bool {
				return contains(keyringTrouble(e), "has no keyring", "does not answer", "refused", "too large", "damaged", "other users")
			})},
		},
		say: keyringSays(func(err error, kept bool) string {
			text := bare(err)
			if kept {
				text += " The sign-in lasts only while Fermata runs."
			}
			return strings.TrimSpace(text + " " + checks.Hint(err))
		}),
		about: "Fermata keeps the sign-in in your system's keyring, so that nobody who reads your files has it. " +
			"Without a keyring it holds the sign-in in memory, and asks for it anew after a restart. The settings can name a file instead.",
		fixes:   unlessKept(SignIn, Support),
		because: "the fault is in this computer's keyring, not at %s",
	},
}

// keyringError is why the sign-in cannot be read, or, if kept, why it cannot be kept.
func keyringError(e Evidence) (err error, kept bool) {
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
	return lower(strings.TrimSuffix(bare(err), "."))
}

// keyringSays tells a sign-in that cannot be read from one that cannot be kept.
func keyringSays(why func(err error, kept bool) string) func(Evidence) said {
	return func(e Evidence) said {
		err, kept := keyringError(e)
		s := said{max(e.Level, checks.Warning), "The sign-in could not be read", why(err, kept)}
		if kept {
			s.level, s.title = checks.Warning, "The sign-in could not be kept"
		}
		return s
	}
}

// unlessKept offers fixes where the sign-in cannot be read. One that cannot be kept is good already.
func unlessKept(fixes ...Fix) func(Evidence) []Fix {
	return func(e Evidence) []Fix {
		if _, kept := keyringError(e); kept {
			return nil
		}
		return slices.Clone(fixes)
	}
}

// bare is an error as a sentence, without what was being done for which account.
func bare(err error) string {
	text := plain(err.Error())
	if doing, what, ok := strings.Cut(text, ": "); ok && strings.Contains(doing, "the sign-in") {
		text = what
	}
	return upper(strings.TrimSuffix(text, ".")) + "."
}
