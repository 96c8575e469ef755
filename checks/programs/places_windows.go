package programs

import "os"

// projectCache is what the directories crate puts below a project's own folder.
const projectCache = "/cache"

// Both crates take FOLDERID_LocalAppData, which LOCALAPPDATA repeats.
func nativeCache(string) string { return os.Getenv("LOCALAPPDATA") }
func xdgCache(string) string    { return os.Getenv("LOCALAPPDATA") }
