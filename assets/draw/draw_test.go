package main

import (
	"bytes"
	"image"
	"os"
	"path/filepath"
	"testing"

	"fermata/assets"
)

// TestGenerated holds the committed files to the drawing.
func TestGenerated(t *testing.T) {
	files, err := files()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("..", "icons", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what the drawing gives; run: go generate ./assets", name)
		}
	}
}

// TestSystrayKeepsColours runs systray's conversion (v1.12.2, argbForImage) on each icon for Linux and
// compares the result with what was drawn.
func TestSystrayKeepsColours(t *testing.T) {
	for a := assets.ArcFull; a <= assets.ArcBroken; a++ {
		for d := assets.DotSolid; d <= assets.DotBeside; d++ {
			img := hard(fermata(a, d), linuxSize)
			painted := 0
			for y := range linuxSize {
				for x := range linuxSize {
					r, g, b, alpha := img.At(x, y).RGBA()
					sent := [4]byte{byte(alpha), byte(r), byte(g), byte(b)}
					meant := [4]byte{byte(alpha >> 8), byte(r >> 8), byte(g >> 8), byte(b >> 8)}
					if sent != meant {
						t.Fatalf("%v-%v at %d,%d: systray sends %v, meant %v", a, d, x, y, sent, meant)
					}
					if alpha > 0 {
						painted++
					}
				}
			}
			if painted < linuxSize*linuxSize/20 {
				t.Errorf("%v-%v: only %d pixels are painted", a, d, painted)
			}
		}
	}
}

// TestIconsDiffer holds every two icons apart at the size of a small tray, also without colour.
func TestIconsDiffer(t *testing.T) {
	const size, enough = 22, 8 // pixels that differ clearly
	shades := map[string]*image.Alpha{}
	for a := assets.ArcFull; a <= assets.ArcBroken; a++ {
		for d := assets.DotSolid; d <= assets.DotBeside; d++ {
			var all []shape
			for _, l := range fermata(a, d) {
				all = append(all, l.shapes...)
			}
			shades[a.String()+"-"+d.String()] = coverage(all, size)
		}
	}
	for n, p := range shades {
		for m, q := range shades {
			if n >= m {
				continue
			}
			differ := 0
			for i := range p.Pix {
				if d := int(p.Pix[i]) - int(q.Pix[i]); d > 90 || d < -90 {
					differ++
				}
			}
			if differ < enough {
				t.Errorf("%s and %s differ in %d pixels only", n, m, differ)
			}
		}
	}
}
