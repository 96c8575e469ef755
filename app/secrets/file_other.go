//go:build !unix

package secrets

import "os"

// exposed reports false: the file stands where only the user may read.
func exposed(os.FileInfo) bool { return false }
