// Draw writes every icon from the one drawing in fermata.go:
//
//	go generate ./assets
package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/png"
	"log"
	"os"
	"path/filepath"

	"fermata/assets"

	"github.com/sergeymakinen/go-ico"
)

const (
	linuxSize  = 88  // four times the usual tray: the panel's own scaling smooths the hard edges
	darwinSize = 44  // 22 points on a Retina display
	appSize    = 512 // for packaging
	noticeSize = 96
)

var (
	windowsSizes = []int{16, 20, 24, 32}                       // from 100 to 200 %
	themeSizes   = []int{16, 22, 24, 32, 48, 64, 96, 128, 256} // of the hicolor icon theme
	programSizes = []int{16, 20, 24, 32, 40, 48, 64, 256}      // of a Windows program
)

func main() {
	files, err := files()
	if err != nil {
		log.Fatal(err)
	}
	for name, data := range files {
		path := filepath.Join("icons", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			log.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// files returns every icon file by its name below icons.
func files() (map[string][]byte, error) {
	all := map[string][]byte{}
	for a := assets.ArcFull; a <= assets.ArcFaint; a++ {
		for d := assets.DotSolid; d <= assets.DotBeside; d++ {
			layers := fermata(a, d)
			name := fmt.Sprintf("%v-%v", a, d)
			ico, err := encodeICO(layers, windowsSizes)
			if err != nil {
				return nil, err
			}
			all["windows/"+name+".ico"] = ico
			// systray's argbForImage keeps the low byte of each 16-bit premultiplied value, which garbles
			// pixels that are both coloured and half transparent. Here there are none.
			if all["linux/"+name+".png"], err = encodePNG(hard(layers, linuxSize)); err != nil {
				return nil, err
			}
			if all["darwin/"+name+".png"], err = encodePNG(smooth(layers, darwinSize)); err != nil {
				return nil, err
			}
		}
	}
	sizes := map[string]int{"app.png": appSize, "notice.png": noticeSize}
	for _, size := range themeSizes {
		sizes[fmt.Sprintf("app/%d.png", size)] = size
	}
	for name, size := range sizes {
		data, err := encodePNG(smooth(app(), size))
		if err != nil {
			return nil, err
		}
		all[name] = data
	}
	all["app/scalable.svg"] = encodeSVG(app(), appSize)
	all["app/symbolic.svg"] = encodeSVG(symbolic(), 16)
	var err error
	if all["app/windows.ico"], err = encodeICO(app(), programSizes); err != nil {
		return nil, err
	}
	all["app/macos.icns"], err = encodeICNS(app())
	return all, err
}

func encodePNG(img image.Image) ([]byte, error) {
	var b bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestCompression}
	err := e.Encode(&b, img)
	return b.Bytes(), err
}

func encodeICO(layers []layer, sizes []int) ([]byte, error) {
	var images []image.Image
	for _, s := range sizes {
		images = append(images, smooth(layers, s))
	}
	var b bytes.Buffer
	err := ico.EncodeAll(&b, images)
	return b.Bytes(), err
}

// encodeICNS returns Apple's icon format: PNGs, each with the type that says its size in pixels (and
// points), see https://en.wikipedia.org/wiki/Apple_Icon_Image_format.
func encodeICNS(layers []layer) ([]byte, error) {
	types := []struct {
		name string
		size int
	}{{"ic11", 32}, {"ic12", 64}, {"ic07", 128}, {"ic13", 256}, {"ic08", 256}, {"ic14", 512}, {"ic09", 512}, {"ic10", 1024}}
	var all []byte
	chunk := func(name string, data []byte) []byte {
		return append(binary.BigEndian.AppendUint32([]byte(name), uint32(8+len(data))), data...)
	}
	for _, t := range types {
		data, err := encodePNG(smooth(layers, t.size))
		if err != nil {
			return nil, err
		}
		all = append(all, chunk(t.name, data)...)
	}
	return chunk("icns", all), nil
}

// encodeSVG returns the layers as outlines, for a picture of size × size units.
func encodeSVG(layers []layer, size int) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %g %g">`+"\n", size, size, grid, grid)
	for _, l := range layers {
		fmt.Fprintf(&b, `<path fill="#%02x%02x%02x" d="`, l.color.R, l.color.G, l.color.B)
		for _, s := range l.shapes {
			for i, p := range s {
				fmt.Fprintf(&b, "%c%.2f %.2f", "ML"[min(i, 1)], p.x, p.y)
			}
			b.WriteByte('Z')
		}
		b.WriteString(`"/>` + "\n")
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}
