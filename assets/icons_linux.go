package assets

import "embed"

const (
	system = "linux"
	format = "png"
)

//go:embed icons/linux
var icons embed.FS
