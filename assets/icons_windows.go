package assets

import "embed"

const format = "ico"

//go:embed icons/windows
var icons embed.FS
