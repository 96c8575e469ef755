package notify

import (
	"bytes"
	"image"
	"image/draw"
	"image/png"
	"strings"

	"fermata/assets"

	"github.com/godbus/dbus/v5"
)

// capabilities are what a daemon can do, as far as it matters here.
type capabilities struct{ actions, markup bool }

// defaultAction is the key of the click on the notification itself.
const defaultAction = "default"

// message returns the arguments of the method Notify, see
// https://specifications.freedesktop.org/notification-spec/latest/protocol.html.
func message(n Notice, replaces uint32, can capabilities) []any {
	const (
		usualTime = int32(-1)
		noTime    = int32(0)
	)
	urgency, expires := byte(1), usualTime
	if n.Level >= Urgent {
		urgency, expires = 2, noTime
	}
	hints := map[string]dbus.Variant{
		"urgency":       dbus.MakeVariant(urgency),
		"desktop-entry": dbus.MakeVariant(appID),
	}
	if pixels, ok := decode(assets.AppIcon); ok {
		hints["image-data"] = dbus.MakeVariant(pixels)
	}
	body, actions := n.Body, []string{}
	if !can.actions && n.Instead != "" {
		body += "\n" + n.Instead
	}
	if can.markup {
		body = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(body)
	}
	if can.actions {
		for _, b := range n.Buttons { // keys and labels in turn
			actions = append(actions, b.ID, b.Label)
		}
		// xfce4-notifyd 0.7.3 makes a button of it, and of a click on the notification nothing but its end; so
		// it comes last, and has a label.
		if n.Open.ID != "" {
			actions = append(actions, defaultAction, n.Open.Label)
		}
	}
	return []any{program, replaces, "", n.Title, body, actions, hints, expires}
}

// buttonOf returns the ID of the button that an action's key means, and whether n has it.
func buttonOf(n Notice, key string) (string, bool) {
	if key == defaultAction {
		return n.Open.ID, n.Open.ID != ""
	}
	for _, b := range n.Buttons {
		if key == b.ID {
			return b.ID, true
		}
	}
	return "", false
}

// pixels is the D-Bus structure of the hint image-data.
type pixels struct {
	Width, Height, Stride int32
	Alpha                 bool
	BitsPerSample         int32
	Channels              int32
	Data                  []byte
}

// decode unpacks a PNG image each time that it is needed, which is seldom: kept unpacked it would cost
// more memory than the rest of this package.
func decode(icon []byte) (pixels, bool) {
	img, err := png.Decode(bytes.NewReader(icon))
	if err != nil {
		return pixels{}, false
	}
	size := img.Bounds().Size()
	plain := image.NewNRGBA(image.Rectangle{Max: size})
	draw.Draw(plain, plain.Rect, img, img.Bounds().Min, draw.Src)
	return pixels{int32(size.X), int32(size.Y), int32(plain.Stride), true, 8, 4, plain.Pix}, true
}
