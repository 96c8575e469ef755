package main

import (
	"bytes"
	"image"
	"image/color"
	"math"
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
	for a := assets.ArcFull; a <= assets.ArcFaint; a++ {
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
	for a := assets.ArcFull; a <= assets.ArcFaint; a++ {
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

// TestContrast holds the colours to 3:1 on light and dark panels (WCAG 2.2, 1.4.11), and those with a
// meaning apart from a mid-grey one by their hue.
func TestContrast(t *testing.T) {
	panels := []color.NRGBA{
		{0xff, 0xff, 0xff, 0xff}, {0xf6, 0xf5, 0xf4, 0xff}, // light: plain, Adwaita
		{0x2e, 0x34, 0x36, 0xff}, {0x1e, 0x1e, 0x1e, 0xff}, // dark: Tango, plain
	}
	for _, c := range []color.NRGBA{healthy, warning, broken, unknown, elapsed} {
		for _, p := range panels {
			l, m := luminance(c), luminance(p)
			if ratio := (max(l, m) + 0.05) / (min(l, m) + 0.05); ratio < 3 {
				t.Errorf("%v on %v: %.2f : 1", c, p, ratio)
			}
		}
	}
	for _, c := range []color.NRGBA{healthy, warning, broken, unknown} {
		if chroma := max(c.R, c.G, c.B) - min(c.R, c.G, c.B); chroma < 0x60 {
			t.Errorf("%v is nearly grey", c)
		}
	}
}

// luminance returns the relative luminance of WCAG 2.2, from 0 (black) to 1 (white).
func luminance(c color.NRGBA) float64 {
	linear := func(v uint8) float64 { // IEC 61966-2-1
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}
