package assets

import "embed"

const (
	system = "windows"
	format = "ico"
)

//go:embed icons/windows
var icons embed.FS
