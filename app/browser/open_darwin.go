package browser

import (
	"context"
	"os/exec"
)

func start(_ context.Context, address string) error {
	return exec.Command("/usr/bin/open", address).Run()
}
