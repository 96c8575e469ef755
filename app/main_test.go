package app

import (
	"os"
	"testing"
	"time"
)

// TestMain has the golden files read the same in every time zone.
func TestMain(m *testing.M) {
	time.Local = time.UTC
	os.Exit(m.Run())
}
