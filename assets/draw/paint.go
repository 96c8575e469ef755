package main

import (
	"image"
	"image/color"
	"image/draw"

	"golang.org/x/image/vector"
)

// smooth paints the layers on size × size transparent pixels, edges blended.
func smooth(layers []layer, size int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, size, size))
	for _, l := range layers {
		draw.DrawMask(img, img.Bounds(), image.NewUniform(l.color), image.Point{}, coverage(l.shapes, size), image.Point{}, draw.Over)
	}
	return img
}

// hard paints the layers with every pixel either transparent or a full colour.
func hard(layers []layer, size int) *image.Paletted {
	img := image.NewPaletted(image.Rect(0, 0, size, size), color.Palette{color.NRGBA{}})
	for _, l := range layers {
		index := img.Palette.Index(l.color)
		if img.Palette[index] != color.Color(l.color) {
			index = len(img.Palette)
			img.Palette = append(img.Palette, l.color)
		}
		for i, a := range coverage(l.shapes, size).Pix {
			if a >= 0x80 {
				img.Pix[i] = uint8(index)
			}
		}
	}
	return img
}

// coverage returns how much of each pixel the shapes cover.
func coverage(shapes []shape, size int) *image.Alpha {
	mask := image.NewAlpha(image.Rect(0, 0, size, size))
	scale := float64(size) / grid
	r := vector.NewRasterizer(size, size)
	r.DrawOp = draw.Src
	for _, s := range shapes {
		r.MoveTo(float32(s[0].x*scale), float32(s[0].y*scale))
		for _, p := range s[1:] {
			r.LineTo(float32(p.x*scale), float32(p.y*scale))
		}
		r.ClosePath()
	}
	r.Draw(mask, mask.Bounds(), image.Opaque, image.Point{})
	return mask
}
