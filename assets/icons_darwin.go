package assets

import "embed"

const (
	system = "darwin"
	format = "png"
)

//go:embed icons/darwin
var icons embed.FS
