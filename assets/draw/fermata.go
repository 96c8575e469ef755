package main

import (
	"image/color"
	"math"
	"slices"

	"fermata/assets"
)

// The artwork lives on a grid of 22 × 22 units, the usual height of a tray: x to the right, y down.
// The arc is a brush drawn along half an ellipse, thinner towards its feet as in engraved music;
// the dot is a disc below the open side.
const (
	grid = 22.0

	arcX, arcY   = 11.0, 13.1 // centre of the ellipse
	arcRX, arcRY = 8.9, 10.0  // its half axes, to the middle of the brush
	crownWidth   = 3.6        // of the brush at the crown
	footWidth    = 2.6        // and at the feet
	trackWidth   = 0.9        // what is left of the arc where the session's time has run out
	faintWidth   = 1.7        // of an arc that stands for no session

	dotX, dotY                = 11.0, 17.4
	dotR                      = 3.4
	hollowR                   = 1.7             // the hole of a dot that says "not known"
	besideX, besideY, besideR = 18.9, 18.9, 3.0 // the dot beside its place
)

// Mid-tones: at least 3:1 against the light and the dark panels alike (WCAG 2.2, 1.4.11), for one
// picture has to serve both. On a mid-grey panel only hue is left to tell them from the ground, so none
// that has a meaning is grey. The shapes carry the meaning; the colours repeat it.
var (
	healthy = color.NRGBA{0x00, 0x98, 0x6f, 0xff}
	warning = color.NRGBA{0xbf, 0x7e, 0x00, 0xff}
	broken  = color.NRGBA{0xe5, 0x48, 0x4d, 0xff}
	unknown = color.NRGBA{0x3a, 0x87, 0xd6, 0xff}
	elapsed = color.NRGBA{0x8a, 0x8a, 0x8a, 0xff}
	white   = color.NRGBA{0xff, 0xff, 0xff, 0xff}
)

type point struct{ x, y float64 }

// A shape is one closed outline; several in a layer unite, or cut a hole where they run the other way.
type shape []point

// A layer is some shapes in one colour.
type layer struct {
	shapes []shape
	color  color.NRGBA
}

// fermata returns the layers of the tray icon, the lowest first.
func fermata(a assets.Arc, d assets.Dot) []layer {
	return append(arc(a), dot(d))
}

// app returns the layers of the app's icon: the fermata in white on a tile.
func app() []layer {
	layers := []layer{{[]shape{tile(0.5, grid-0.5, 4.6)}, healthy}}
	for _, l := range fermata(assets.ArcFull, assets.DotSolid) {
		for i, s := range l.shapes {
			l.shapes[i] = scale(s, point{grid / 2, 12.1}, 0.72)
		}
		layers = append(layers, layer{l.shapes, white})
	}
	return layers
}

// symbolic returns the layers of the app's icon where a desktop gives it its own colour.
func symbolic() []layer {
	var all layer
	for _, l := range fermata(assets.ArcFull, assets.DotSolid) {
		all.shapes = append(all.shapes, l.shapes...)
	}
	all.color = elapsed
	return []layer{all}
}

func arc(a assets.Arc) []layer {
	track := layer{[]shape{brush(0, 180, trackWidth, trackWidth, 0)}, elapsed}
	switch a {
	case assets.ArcFull:
		return []layer{{[]shape{brush(0, 180, crownWidth, footWidth, 1)}, healthy}}
	case assets.ArcThreeQuarters:
		return []layer{track, {[]shape{brush(0, 135, crownWidth, footWidth, 1)}, healthy}}
	case assets.ArcHalf:
		return []layer{track, {[]shape{brush(0, 90, crownWidth, footWidth, 1)}, healthy}}
	case assets.ArcQuarter:
		return []layer{track, {[]shape{brush(0, 45, crownWidth, footWidth, 1)}, warning}}
	case assets.ArcFaint:
		return []layer{{[]shape{brush(0, 180, faintWidth, faintWidth, 1)}, elapsed}}
	}
	left := brush(0, 80, crownWidth, footWidth, 0)
	right := brush(100, 180, crownWidth, footWidth, 0)
	return []layer{{[]shape{turn(left, point{2.1, 13.1}, -8), turn(right, point{19.9, 13.1}, 8)}, broken}}
}

func dot(d assets.Dot) layer {
	switch d {
	case assets.DotSolid:
		return layer{[]shape{disc(dotX, dotY, dotR)}, healthy}
	case assets.DotHollow:
		return layer{[]shape{disc(dotX, dotY, dotR), hole(disc(dotX, dotY, hollowR))}, unknown}
	}
	return layer{[]shape{disc(besideX, besideY, besideR)}, broken}
}

// brush returns the stroke along the arc's ellipse between two angles in degrees, counted from the
// left foot over the crown. round is the roundness of both ends: 0 flat, 1 a half circle.
func brush(from, to, crown, foot, round float64) shape {
	const steps = 48
	var outer, inner shape
	at := func(deg float64) (p, normal point, half float64) {
		s, c := math.Sincos(deg * math.Pi / 180)
		p = point{arcX - arcRX*c, arcY - arcRY*s}
		n := math.Hypot(c/arcRX, s/arcRY)
		return p, point{-c / arcRX / n, -s / arcRY / n}, (foot + (crown-foot)*s) / 2
	}
	for i := range steps + 1 {
		p, n, h := at(from + (to-from)*float64(i)/steps)
		outer = append(outer, point{p.x + n.x*h, p.y + n.y*h})
		inner = append(inner, point{p.x - n.x*h, p.y - n.y*h})
	}
	p, n, h := at(to)
	end := cap(p, n, h, round)
	p, n, h = at(from)
	start := cap(p, point{-n.x, -n.y}, h, round)
	slices.Reverse(inner)
	return slices.Concat(outer, end, inner, start)
}

// cap returns the end of a stroke at p, from the side that normal points to round to the other.
func cap(p, normal point, half, round float64) shape {
	const steps = 16
	var s shape
	for i := 1; i < steps && round > 0; i++ {
		sin, cos := math.Sincos(math.Pi * float64(i) / steps)
		ahead := point{-normal.y, normal.x}
		s = append(s, point{
			p.x + half*(normal.x*cos+round*ahead.x*sin),
			p.y + half*(normal.y*cos+round*ahead.y*sin),
		})
	}
	return s
}

func disc(x, y, r float64) shape {
	const steps = 64
	s := make(shape, steps)
	for i := range s {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / steps)
		s[i] = point{x + r*cos, y + r*sin}
	}
	return s
}

// tile returns a square from low to high with round corners.
func tile(low, high, r float64) shape {
	const steps = 24
	var s shape
	for corner, c := range []point{{high - r, high - r}, {low + r, high - r}, {low + r, low + r}, {high - r, low + r}} {
		for i := range steps + 1 {
			sin, cos := math.Sincos(math.Pi / 2 * (float64(corner) + float64(i)/steps))
			s = append(s, point{c.x + r*cos, c.y + r*sin})
		}
	}
	return s
}

// scale returns s scaled about the middle.
func scale(s shape, middle point, by float64) shape {
	t := make(shape, len(s))
	for i, p := range s {
		t[i] = point{middle.x + (p.x-11)*by, middle.y + (p.y-11.5)*by}
	}
	return t
}

// hole turns s to run the other way, so that it cuts.
func hole(s shape) shape {
	slices.Reverse(s)
	return s
}

// turn returns s turned by deg degrees, clockwise, about p.
func turn(s shape, p point, deg float64) shape {
	sin, cos := math.Sincos(deg * math.Pi / 180)
	t := make(shape, len(s))
	for i, q := range s {
		x, y := q.x-p.x, q.y-p.y
		t[i] = point{p.x + x*cos - y*sin, p.y + x*sin + y*cos}
	}
	return t
}
