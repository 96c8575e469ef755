package page

import (
	"net"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// TestAnotherUser: whoever reads the process list, or even the address bar, gets nothing, and the sign-in
// goes on.
func TestAnotherUser(t *testing.T) {
	if os.Getuid() != 0 {
		if os.Getenv("CI") == "true" {
			t.Fatal("only root can become another user")
		}
		t.Skip("only root can become another user")
	}
	const nobody = 65534
	s := newStay(t)
	authorize := s.signIn()
	back := s.agree(authorize)
	origin := strings.TrimSuffix(s.begun[0], "/callback")
	for _, address := range []string{origin + "/start", origin + "/", back, strings.Replace(back, "code=", "error=", 1)} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		host, port, err := net.SplitHostPort(u.Host)
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("bash", "-c", `exec 3<>"/dev/tcp/$0/$1" && printf 'GET %s HTTP/1.1\r\nHost: %s\r\n\r\n' "$2" "$0:$1" >&3 && cat <&3`,
			host, port, u.RequestURI())
		cmd.Dir = "/"
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		out, err := cmd.CombinedOutput()
		if got := string(out); err != nil || !strings.HasPrefix(got, "HTTP/1.1 403 ") || !strings.Contains(got, "only for the person who started Fermata") ||
			strings.Contains(got, "Location") || strings.Contains(got, "<") {
			t.Errorf("%s: %v, %q", u.Path, err, got)
		}
	}
	wantPage(t, comeBack(t, back), 200, "You are signed in")
	if err := receive(t, s.ended); err != nil {
		t.Error(err)
	}
}
