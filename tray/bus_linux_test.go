package tray

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"fermata/app"
	"fermata/app/view"
	"fermata/assets"
	"fermata/checks/bustest"
)

// playTray makes this test program one with an icon that changes all the time.
const playTray = "FERMATA_TEST_TRAY"

func TestMain(m *testing.M) {
	if os.Getenv(playTray) != "" {
		err := run(context.Background(), flicker, nil, nowhere{})
		fmt.Println("ended:", err)
		if err != nil {
			os.Exit(2)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

type nowhere struct{}

func (nowhere) Show(view.View) {}

// flicker shows another icon as often as it can. It ends with ctx, as the app does, and a little later.
func flicker(ctx context.Context, faces ...app.Face) {
	arcs := []assets.Arc{assets.ArcFull, assets.ArcBroken}
	for n := 0; ctx.Err() == nil; n++ {
		for _, f := range faces {
			f.Show(view.View{Icon: view.Icon{Arc: arcs[n%len(arcs)]}, Tooltip: fmt.Sprint(n)})
		}
		time.Sleep(time.Millisecond)
	}
	time.Sleep(10 * time.Millisecond)
	fmt.Println("saved")
}

// When the session bus goes, as at a log-out, the app ends as it does otherwise, and an error says why.
// systray would panic at the next change of the icon.
func TestBusGoes(t *testing.T) {
	for range 5 {
		bus := bustest.Session(t)
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), playTray+"=1")
		var stderr strings.Builder
		cmd.Stderr = &stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timeout := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() })
		conn := bus.Connect(t)
		item := conn.Object(fmt.Sprintf("org.kde.StatusNotifierItem-%d-1", cmd.Process.Pid), "/StatusNotifierItem")
		for start := time.Now(); ; time.Sleep(time.Millisecond) {
			if _, err := item.GetProperty("org.kde.StatusNotifierItem.IconPixmap"); err == nil {
				break
			} else if time.Since(start) > 10*time.Second {
				t.Fatal(err)
			}
		}
		bus.Stop()
		var said []string
		for lines := bufio.NewScanner(out); lines.Scan(); {
			said = append(said, lines.Text())
		}
		cmd.Wait()
		timeout.Stop()
		if want := "saved ended: the desktop has ended: its session bus is gone"; strings.Join(said, " ") != want || cmd.ProcessState.ExitCode() != 2 {
			t.Errorf("it said %q and ended with %v\n%s", said, cmd.ProcessState, &stderr)
		}
	}
}
