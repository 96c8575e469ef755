package programs

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"fermata/checks/text"
)

// A place is a file that may be there.
type place struct {
	program string // "": told by the file's form; another program may use the name too, so what is no token is passed over
	path    string // absolute
}

// file is where a program keeps its tokens.
type file struct {
	program string
	folder  func(home string) string // "": not known
	path    string                   // in folder
}

// known are the programs' own places, read in their sources; librespot and programs on Go's oauth2
// have none of their own.
var known = []file{
	// get_cache_folder_path in spotify_player/src/config/mod.rs: ~/.cache on every system; client/mod.rs
	{"spotify-player", inHome(".cache"), "spotify-player/user_client_token.json"},
	{"spotify-player", inHome(".cache"), "spotify-player/credentials.json"},
	// cache_path in src/config.rs, by platform-dirs' AppDirs::new(Some("ncspot"), true): the XDG folders on
	// macOS too; src/authentication.rs
	{"ncspot", xdgCache, "ncspot/rspotify_token.json"},
	{"ncspot", xdgCache, "ncspot/librespot/credentials.json"},
	// The same from Flathub, where XDG_CACHE_HOME is ~/.var/app/ID/cache (docs.flatpak.org, Conventions).
	{"ncspot", inHome(".var/app/io.github.hrkfdn.ncspot/cache"), "ncspot/rspotify_token.json"},
	{"ncspot", inHome(".var/app/io.github.hrkfdn.ncspot/cache"), "ncspot/librespot/credentials.json"},
	// get_cache in src/config.rs, by directories' ProjectDirs::from("", "", "spotifyd").cache_dir()
	{"spotifyd", nativeCache, "spotifyd" + projectCache + "/oauth/credentials.json"},
	{"spotifyd", nativeCache, "spotifyd" + projectCache + "/zeroconf/credentials.json"},
	// get_or_build_paths in src/config.rs: ~/.config on every system
	{"spotify-tui", inHome(".config"), "spotify-tui/.spotify_token_cache.json"},
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

// places are the files to look at, the programs' own first.
func places(home string) []place {
	if !filepath.IsAbs(home) {
		return nil
	}
	var all []place
	for _, f := range known {
		if folder := f.folder(home); filepath.IsAbs(folder) {
			all = append(all, place{f.program, filepath.Join(folder, f.path)})
		}
	}
	// What was started from the home folder, by hand or by a timer, keeps its tokens there.
	return append(all, inFolder(home)...)
}

// inFolder are the files that spotipy and rspotify make in the working folder of a program that says
// nothing else: .cache and .cache-USER (spotipy's CacheFileHandler), .spotify_token_cache.json
// (rspotify's DEFAULT_CACHE_PATH).
func inFolder(folder string) []place {
	const most = 64
	found := []place{
		{path: filepath.Join(folder, ".cache")},
		{path: filepath.Join(folder, ".spotify_token_cache.json")},
	}
	entries, _ := os.ReadDir(folder)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".cache-") && len(found) < most {
			found = append(found, place{path: filepath.Join(folder, e.Name())})
		}
	}
	return found
}

// show is a path as a person reads it, on one line and with "~" for the home folder.
func show(path, home string) string {
	if rest, ok := strings.CutPrefix(path, home+string(filepath.Separator)); ok && home != "" {
		path = "~" + string(filepath.Separator) + rest
	}
	return text.Line(path, maxText)
}
