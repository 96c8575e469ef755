//go:build unix

package atomicfile

import "os"

// syncDir makes the rename itself last: without it a crash may bring the old name back.
func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	// Some network and FUSE file systems cannot flush a folder. The file is whole either way.
	_ = d.Sync()
	return nil
}
