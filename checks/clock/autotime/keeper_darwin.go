package autotime

import (
	"context"
	"strings"

	"fermata/checks/files"
)

// Keeps knows of none here: macOS does not tell.
func Keeps(context.Context) Keeper { return Keeper{} }

// Mend fails with ErrByHand, as TurnOn does.
func Mend(context.Context, Keeper) error { return ErrByHand }

// Servers are those of the date settings, which stand in /etc/ntp.conf: "server time.apple.com".
func Servers(context.Context) []string {
	data, err := files.Read("/etc/ntp.conf", 16<<10)
	if err != nil {
		return nil
	}
	var all []string
	for line := range strings.Lines(string(data)) {
		if words := strings.Fields(line); len(words) > 1 && words[0] == "server" {
			all = append(all, words[1])
		}
	}
	return distinct(all)
}
