package clock

import (
	"context"
	"errors"
)

// Without cgo nothing reports changes of the clock or of the network here.

func watch(context.Context) (wait func() bool, err error) { return nil, errors.ErrUnsupported }

func watchNetwork(context.Context) (<-chan struct{}, error) { return nil, errors.ErrUnsupported }
