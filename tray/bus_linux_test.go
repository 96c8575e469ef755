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
		said, _, _ := strings.Cut(fmt.Sprint("ended: ", err), "\n") // and not the stack
		fmt.Println(said)
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
		if n == 20 && os.Getenv(playTray) == "crash" {
			arcs = []assets.Arc{99}
		}
		for _, f := range faces {
			f.Show(view.View{Icon: view.Icon{Arc: arcs[n%len(arcs)]}, Tooltip: fmt.Sprint(n)})
		}
		time.Sleep(time.Millisecond)
	}
	time.Sleep(10 * time.Millisecond)
	fmt.Println("saved")
}

// play starts this test program as one with an icon and calls then with its name on the bus. It returns what
// the program says, and checks that it ends with 2.
func play(t *testing.T, how string, then func(name string)) string {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), playTray+"="+how)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() }).Stop()
	then(fmt.Sprintf("org.kde.StatusNotifierItem-%d-1", cmd.Process.Pid))
	var said []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		said = append(said, lines.Text())
	}
	if cmd.Wait(); cmd.ProcessState.ExitCode() != 2 {
		t.Errorf("it ended with %v\n%s", cmd.ProcessState, &stderr)
	}
	return strings.Join(said, " ")
}

// When the session bus goes, as at a log-out, the app ends as it does otherwise, and an error says why.
// systray would panic at the next change of the icon.
func TestBusGoes(t *testing.T) {
	for range 5 {
		bus := bustest.Session(t)
		said := play(t, "change", func(name string) {
			item := bus.Connect(t).Object(name, "/StatusNotifierItem")
			for start := time.Now(); ; time.Sleep(time.Millisecond) {
				if _, err := item.GetProperty("org.kde.StatusNotifierItem.IconPixmap"); err == nil {
					break
				} else if time.Since(start) > 10*time.Second {
					t.Fatal(err)
				}
			}
			bus.Stop()
		})
		if want := "saved ended: the desktop has ended: its session bus is gone"; said != want {
			t.Errorf("it said %q, want %q", said, want)
		}
	}
}

// A crash of the tray waits for what the app does, and an error says where it was.
func TestCrash(t *testing.T) {
	bustest.Session(t)
	said := play(t, "crash", func(string) {})
	if want := "saved ended: the tray has crashed: open icons/"; !strings.HasPrefix(said, want) {
		t.Errorf("it said %q, want %q", said, want)
	}
}
