//go:build !unix

package atomicfile

// syncDir does nothing: a folder cannot be flushed here.
func syncDir(string) error { return nil }
