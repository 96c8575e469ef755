package assets

import "embed"

const format = "png"

//go:embed icons/linux
var icons embed.FS
