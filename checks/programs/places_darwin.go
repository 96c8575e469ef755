package programs

import "path/filepath"

const projectCache = ""

func nativeCache(home string) string { return filepath.Join(home, "Library", "Caches") }
