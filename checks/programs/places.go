package programs

import (
	"iter"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"fermata/checks/text"
)

// A place is where files may be.
type place struct {
	program   string // "": told by the file's form
	base      string // an absolute folder
	path      string // below it, with path.Match's patterns in any part where there are some
	literal   bool   // path has none
	sure      bool   // what is there and holds no token is told; else another program may use the name too
	off       bool   // it is not looked at
	elsewhere bool   // not Spotify's, unless its label says so: how long a sign-in lasts is not known
	label     string // the key whose text names a token among several
	lasts     time.Duration
	login     string
}

// A row is where a program keeps its tokens.
type row struct {
	program string
	folder  func(home string) string // "": not known
	path    string                   // in folder, by path.Match's patterns in each part
	extra   place                    // what else is to be known of it
}

// known are the programs' own places, read in their sources; what it
// is read from stands before each.
var known = []row{
	// get_cache_folder_path in spotify_player/src/config/mod.rs: ~/.cache on every system; client/mod.rs
	{"spotify-player", inHome(".cache"), "spotify-player/user_client_token.json", place{}},
	{"spotify-player", inHome(".cache"), "spotify-player/credentials.json", place{}},
	// cache_path in src/config.rs, by platform-dirs' AppDirs::new(Some("ncspot"), true): the XDG folders on
	// macOS too; src/authentication.rs
	{"ncspot", xdgCache, "ncspot/rspotify_token.json", place{}},
	{"ncspot", xdgCache, "ncspot/librespot/credentials.json", place{}},
	// The same from Flathub, where XDG_CACHE_HOME is ~/.var/app/ID/cache (docs.flatpak.org, Conventions).
	{"ncspot", inHome(".var/app/io.github.hrkfdn.ncspot/cache"), "ncspot/rspotify_token.json", place{}},
	{"ncspot", inHome(".var/app/io.github.hrkfdn.ncspot/cache"), "ncspot/librespot/credentials.json", place{}},
	// get_cache in src/config.rs, by directories' ProjectDirs::from("", "", "spotifyd").cache_dir()
	{"spotifyd", nativeCache, "spotifyd" + projectCache + "/oauth/credentials.json", place{}},
	{"spotifyd", nativeCache, "spotifyd" + projectCache + "/zeroconf/credentials.json", place{}},
	// get_or_build_paths in src/config.rs: ~/.config on every system
	{"spotify-tui", inHome(".config"), "spotify-tui/.spotify_token_cache.json", place{}},
	// cache_path in spotifyd 0.3's src/config.rs: librespot's own file, at the top
	{"spotifyd", nativeCache, "spotifyd" + projectCache + "/credentials.json", place{}},
	// --cache in librespot's README; its examples name this folder
	{"librespot", xdgCache, "librespot/credentials.json", place{}},
	// loadConfig in go-librespot's cmd/daemon/main.go: os.UserCacheDir; before, --config_dir in os.UserConfigDir
	{"go-librespot", nativeCache, "go-librespot/state.json", place{}},
	{"go-librespot", config, "go-librespot/state.json", place{}},
	// config.py of zotify: librespot-python's file
	{"zotify", inHome(".local/share"), "zotify/credentials.json", place{}},
	// get_spotdl_path and get_cache_path in spotdl/utils/config.py: ~/.spotdl, since 4.2 also ~/.config/spotdl
	{"spotdl", inHome(".spotdl"), ".spotipy", place{}},
	{"spotdl", inHome(".config"), "spotdl/.spotipy", place{}},
	// lib/include/lib/paths.hpp and lib/src/settings/account.cpp of spotify-qt: when it was renewed, not the end
	{"spotify-qt", config, "kraxarn/spotify-qt.json", place{lasts: time.Hour}},
	// tokenfile in beetsplug/spotify.py, in beets' own folder: the access token alone
	{"beets", config, "beets/spotify_token.json", place{}},
	// cmd/root.go of spotify-go, by golang.org/x/oauth2's Token
	{"spotify-go", config, "spotify-go/token.json", place{}},
	// homeassistant/config.py's get_default_config_dir and helpers/storage.py: each integration's entry
	{"Home Assistant", inHome(".homeassistant"), ".storage/core.config_entries", place{label: "domain", elsewhere: true}},
	{"Home Assistant", inHome("homeassistant"), ".storage/core.config_entries", place{label: "domain", elsewhere: true}},
	{"Home Assistant", inRoot("/config"), ".storage/core.config_entries", place{label: "domain", elsewhere: true}},
	// the spop plugin's index.js, whose v-conf keeps {"refresh_token": {"type": "string", "value": …}}
	{"Volumio", inRoot("/data"), "configuration/music_service/spop/config.json", place{}},
	// botocore/utils.py's SSOTokenLoader and the AWS CLI's user guide: one file for each start page
	{"AWS SSO", inHome(".aws"), "sso/cache/*.json", place{elsewhere: true}},
	// --token-cache-dir in kubelogin's docs/usage.md: id_token and refresh_token
	{"kubelogin", inHome(".kube"), "cache/oidc-login/*", place{elsewhere: true}},
	// azure/cli/core/auth/persistence.py: MSAL's unified cache, in the clear on Linux
	{"Azure CLI", inHome(".azure"), "msal_token_cache.json", place{elsewhere: true}},
	// rclone's docs ("rclone config file"): an ini section for each remote, its token as JSON
	{"rclone", config, "rclone/rclone.conf", place{elsewhere: true}},
}

// projectCache is what the directories crate puts below a project's own folder.
var projectCache = map[string]string{"windows": "/cache"}[runtime.GOOS]

// nativeCache is where the directories crate keeps caches.
func nativeCache(home string) string {
	if runtime.GOOS == "darwin" {
		return filepath.Join(home, "Library", "Caches")
	}
	return xdgCache(home)
}

// xdgCache is the XDG Base Directory Specification's cache folder. A relative XDG_CACHE_HOME is invalid by it
// and ignored. On Windows both crates take FOLDERID_LocalAppData, which LOCALAPPDATA repeats.
func xdgCache(home string) string {
	if runtime.GOOS == "windows" {
		return os.Getenv("LOCALAPPDATA")
	}
	if folder := os.Getenv("XDG_CACHE_HOME"); filepath.IsAbs(folder) {
		return folder
	}
	return filepath.Join(home, ".cache")
}

func inHome(folder string) func(string) string {
	return func(home string) string { return filepath.Join(home, folder) }
}

// config is where os.UserConfigDir and Qt keep settings: the XDG folder, or the system's own.
func config(home string) string {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		folder, _ := os.UserConfigDir()
		return folder
	}
	if folder := os.Getenv("XDG_CONFIG_HOME"); filepath.IsAbs(folder) {
		return folder
	}
	return filepath.Join(home, ".config")
}

func inRoot(folder string) func(string) string {
	return func(string) string { return folder }
}

// places are those to look at: what the settings say first, then the programs' own. What was started from the home
// folder, by hand or by a timer, keeps its tokens there.
func places(home string, settings []Setting) (all []place) {
	off, logins := map[string]bool{}, map[string]string{}
	for _, s := range settings {
		all = append(all, s.places(home)...)
		name := strings.ToLower(s.Name)
		off[name] = s.Off && s.Path == "" && s.Glob == "" || off[name]
		logins[name] = strings.Join(s.Login, " ")
	}
	if !filepath.IsAbs(home) {
		return all
	}
	for _, r := range known {
		folder := r.folder(home)
		if !filepath.IsAbs(folder) || off[strings.ToLower(r.program)] {
			continue
		}
		p := r.extra
		p.program, p.base, p.path, p.login = r.program, folder, r.path, logins[strings.ToLower(r.program)]
		p.sure = !strings.Contains(r.path, "*")
		all = append(all, p)
	}
	if !off["spotipy"] {
		all = append(all, inFolder(home, place{})...)
	}
	return all
}

// places are those that a person names. A setting with a known program's name alone switches that.
func (s Setting) places(home string) []place {
	p := place{program: s.Name, off: s.Off, login: strings.Join(s.Login, " "), sure: true}
	switch path := inTilde(s.Path, home); {
	case path != "":
		p.base, p.path, p.literal = filepath.Dir(path), filepath.Base(path), true
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			p.sure = false
			return inFolder(path, p)
		}
		return []place{p}
	case s.Glob != "":
		glob := inTilde(s.Glob, home)
		volume := filepath.VolumeName(glob)
		p.base = volume + string(filepath.Separator)
		p.path, p.sure = strings.TrimLeft(filepath.ToSlash(glob[len(volume):]), "/"), false
		if below, ok := strings.CutPrefix(s.Glob, "~/"); ok { // the home folder's name is no pattern
			p.base, p.path = home, below
		}
		return []place{p}
	}
	return nil
}

// inTilde puts the home folder in the place of "~".
func inTilde(path, home string) string {
	if rest, ok := strings.CutPrefix(path, "~"); ok && (rest == "" || os.IsPathSeparator(rest[0])) {
		return filepath.Join(home, rest)
	}
	return filepath.FromSlash(path)
}

// inFolder are the files that programs make in their working folder where nothing else is said: .cache and
// .cache-USER (spotipy's CacheFileHandler), .spotify_token_cache.json (rspotify's DEFAULT_CACHE_PATH),
// credentials.json (SpotifyAPI-NET's examples, and librespot's) and token.json (Go's and Google's).
func inFolder(folder string, like place) (all []place) {
	like.literal = false
	for _, name := range []string{".cache", ".spotify_token_cache.json", "credentials.json", "token.json", ".cache-*"} {
		like.base, like.path = folder, name
		all = append(all, like)
	}
	return all
}

// mostFiles is how many one place may have.
const mostFiles = 5000

// files are the paths of what is there, and of what may be where the place has no pattern.
func (p place) files() iter.Seq[string] {
	return func(yield func(string) bool) {
		left := mostFiles
		p.walk(p.base, p.parts(), func(path string) bool {
			left--
			return left >= 0 && yield(path)
		})
	}
}

func (p place) parts() []string {
	if p.literal {
		return []string{p.path}
	}
	return strings.Split(p.path, "/")
}

// walk visits what the parts of a path lead to, until visit says no.
func (p place) walk(folder string, parts []string, visit func(path string) bool) bool {
	part := parts[0]
	next := func(name string) bool {
		path := filepath.Join(folder, name)
		if len(parts) == 1 {
			return visit(path)
		}
		return p.walk(path, parts[1:], visit)
	}
	if p.literal || !strings.ContainsAny(part, "*?[") {
		return next(part)
	}
	entries, _ := os.ReadDir(folder)
	for _, e := range entries {
		if ok, _ := path.Match(part, e.Name()); ok && (len(parts) == 1 || e.IsDir() || e.Type()&os.ModeSymlink != 0) && !next(e.Name()) {
			return false
		}
	}
	return true
}

// show is a path as a person reads it, on one line and with "~" for the home folder.
func show(path, home string) string {
	if rest, ok := strings.CutPrefix(path, home+string(filepath.Separator)); ok && home != "" {
		path = "~" + string(filepath.Separator) + rest
	}
	return text.Line(path, maxText)
}
