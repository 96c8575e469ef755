package cause

// A Question is one that people ask about tokens, with its answer.
type Question struct {
	ID     string // "lifetimes"
	Ask    string
	Answer string // two or three sentences
	// OfSpotify says that the answer holds for Spotify alone.
	OfSpotify bool
}

// Questions are those that people ask most, in the order in which the answers build on each other.
var Questions = []Question{
	{"lifetimes", "How long do tokens last?",
		"A Spotify session lasts about an hour: that is the life of its access token. The sign-in behind it, which is kept as a refresh token, lasts six months from the day you signed in.", true},
	{"renewal", "Can they be renewed?",
		"The session can: Fermata renews it before it ends, as often as needed. The sign-in can’t: it expires after six months, however often the session was renewed. Signing in again starts a new one, today as well as on the last day.", true},
	{"jwt", "What is a JWT?",
		"A JSON Web Token: a signed note that says who may do what, from when and until when. “JWT expired” means that its time is over, or that a wrong clock makes it look so. “fermata inspect” explains a token that you paste; nothing leaves this computer.", false},
	{"why", "Why are tokens used?",
		"So that no program needs your password. Each gets a token that allows only what you agreed to, for a limited time, and you can take it back at any time on your account’s page.", false},
	{"premium", "Does Premium help?",
		"No. Sessions and sign-ins last equally long with and without Premium. You need Premium to create a client ID and for some features, such as moving the music to another device.", true},
}
