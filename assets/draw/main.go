// Draw writes every icon from the one drawing in fermata.go:
//
//	go generate ./assets
package main

import (
	"bytes"
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

var windowsSizes = []int{16, 20, 24, 32} // from 100 to 200 %

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
			ico, err := encodeICO(layers)
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
	for name, size := range map[string]int{"app.png": appSize, "notice.png": noticeSize} {
		data, err := encodePNG(smooth(app(), size))
		if err != nil {
			return nil, err
		}
		all[name] = data
	}
	return all, nil
}

func encodePNG(img image.Image) ([]byte, error) {
	var b bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestCompression}
	err := e.Encode(&b, img)
	return b.Bytes(), err
}

func encodeICO(layers []layer) ([]byte, error) {
	var sizes []image.Image
	for _, s := range windowsSizes {
		sizes = append(sizes, smooth(layers, s))
	}
	var b bytes.Buffer
	err := ico.EncodeAll(&b, sizes)
	return b.Bytes(), err
}
