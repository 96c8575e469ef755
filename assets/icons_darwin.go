package assets

import "embed"

const format = "png"

//go:embed icons/darwin
var icons embed.FS
