//go:build !linux

package inhibit

import "context"

func delay(context.Context) {}
