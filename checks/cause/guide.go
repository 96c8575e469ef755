package cause

import (
	"fermata/checks/clock"
	"fermata/checks/doctor"
)

// GuideEvidence is what is known when somebody asks why the music stopped.
type GuideEvidence struct {
	See     []Seen         // what they see; empty: they did not say
	Looks   []doctor.Facts // so far, of each name the last
	Looking bool           // looks are still under way
	Clock   clock.Facts    // by the time servers
	Causes  []Cause        // of the accounts that are connected, the first to fix first; those of the clock may be among them
}

// Sureness is how sure a verdict is.
type Sureness string

// How sure a verdict is.
const (
	Certain  Sureness = "certain"
	Likely   Sureness = "likely"
	NotFound Sureness = "not found" // so it is the session in that player
)

// A Verdict is the answer to "why did the music stop?".
type Verdict struct {
	ID       string // stable, for programs; of a cause of an account it is the cause's
	Title    string // a sentence without its full stop: "Your clock is 1 min 33 s ahead"
	Why      string // one or two sentences
	Sure     Sureness
	Evidence []string       // what decided, the heaviest first, each without a full stop
	Fixes    []Fix          // what can help, the likeliest first; empty: wait, nothing here helps
	NoHelp   map[Fix]string // of each of the other fixes, why it can't help, as in Cause
	Page     string         // where it is no session trouble, the address of a page that helps; "": none
	Session  bool           // a session is at fault; where not, Why says what is, and what to do
}

// Guide says why the music stopped, by what was seen; nothing is blamed that was not.
func Guide(e GuideEvidence) Verdict {
	return Verdict{
		ID: "session", Title: "It is the session in that player", Sure: NotFound, Session: true,
		Why: "Nothing else is wrong.", Fixes: Fixes, NoHelp: map[Fix]string{},
	}
}

// A Reason is one of the four causes for which sessions end, or the fifth.
type Reason struct {
	ID    string // "expired", "signed-out", "permissions", "clock", "six-months"
	Title string // "The session timed out"
	Text  string // what happens then, in two or three sentences
	Fix   Fix    // the first
}

// A Remedy is one of the seven fixes, for a person who has to do it.
type Remedy struct {
	Fix   Fix
	Title string   // "Sign in again"
	What  string   // what it does, in a sentence
	Steps []string // what exactly to do without an account in Fermata, each a sentence
	Page  string   // the page to open first; "": none
	Else  string   // a stronger way, in a sentence; "": none
	Other string   // the page of that
}

// Sessions is all that there is to know of why sessions end: causes, fixes, questions.
var Sessions = struct {
	Reasons   []Reason
	Remedies  []Remedy // in the order of Fixes
	Questions []Question
}{nil, nil, Questions}
