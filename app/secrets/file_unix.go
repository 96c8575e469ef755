//go:build unix

package secrets

import "os"

// exposed reports whether others than the user may read or change the file.
func exposed(fi os.FileInfo) bool { return fi.Mode().Perm()&0o077 != 0 }
