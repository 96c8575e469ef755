package lean

import (
	"bufio"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// rss is how many kB of files this process has in memory.
func rss(t *testing.T) int {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if words := strings.Fields(lines.Text()); words[0] == "RssFile:" {
			n, err := strconv.Atoi(words[1])
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatal("no RssFile")
	return 0
}

func TestTrim(t *testing.T) {
	ballast := make([]byte, 2*enough)
	for i := range ballast {
		ballast[i] = 1
	}
	runtime.KeepAlive(ballast)
	if resident() < enough {
		t.Fatalf("only %d bytes are in memory", resident())
	}
	before := rss(t)
	Trim()
	if after := rss(t); after > before*3/4 {
		t.Errorf("%d kB of files in memory after, %d kB before", after, before)
	}
}

func TestReadOnly(t *testing.T) {
	const file = "/usr/bin/fermata"
	for line, want := range map[string]int{
		"00400000-00401000 r-xp 00000000 fe:00 99 " + file:       0x1000,
		"00401000-00403000 r--p 00001000 fe:00 99 " + file:       0x2000,
		"00403000-00404000 rw-p 00003000 fe:00 99 " + file:       0,
		"00403000-00404000 r--p 00003000 fe:00 99 /lib/libc.so":  0,
		"00403000-00404000 r--p 00003000 fe:00 99 " + file + "2": 0,
		"00404000-00403000 r--p 00003000 fe:00 99 " + file:       0,
		"zz-00403000 r--p 00003000 fe:00 99 " + file:             0,
		"7fff0000-7fff1000 rw-p 00000000 00:00 0 [stack]":        0,
		"": 0,
	} {
		if got := len(readOnly(line, file)); got != want {
			t.Errorf("%q: %#x bytes, want %#x", line, got, want)
		}
	}
}
