package chrome

import (
	"fmt"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestNoAttempts counts what the browser's own network, which leads nowhere,
// was asked for: connections, packets and look-ups of names, whether or not
// they could be made.
func TestNoAttempts(t *testing.T) {
	b := begin(t, options(t), nil)
	if !b.Isolated() {
		t.Skip("the system lets no program have a network of its own; TestNoNetwork listens instead")
	}
	p := open(t, b, 320, 200)
	var asked []map[string]any
	for _, origin := range []string{"http://shop.example", "https://10.1.2.3", "http://[2001:db8::1]", "http://127.0.0.1:9"} {
		asked = append(asked, askers(origin)...)
	}
	show(t, p, 320, 200, snapshot(t, asked...))
	for i := range 20 { // what is lazy gets frames to wake up in
		if _, err := p.Draw(t.Context(), time.Duration(i)*100*time.Millisecond, Result{}); err != nil {
			t.Fatal(err)
		}
	}
	if n := attempts(t, b.pid); n != 0 {
		t.Errorf("the network was asked %d times", n)
	}
	if os.Geteuid() != 0 {
		return // only root may try the counters out
	}
	ask(t, b.pid)
	if n := attempts(t, b.pid); n < 3 {
		t.Errorf("three attempts of another program count as %d", n)
	}
}

// attempts adds up what the network of a process was asked for: see "IPv4" and
// "IPv6" in the kernel's Documentation/networking/snmp_counter.rst.
func attempts(t *testing.T, pid int) int {
	t.Helper()
	total := 0
	table, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/snmp", pid))
	if err != nil {
		t.Fatal(err)
	}
	// Two lines a protocol: its counters' names, and their values.
	lines := strings.Split(strings.TrimSpace(string(table)), "\n")
	for i := 0; i+1 < len(lines); i += 2 {
		values := strings.Fields(lines[i+1])
		for k, name := range strings.Fields(lines[i]) {
			total += counted(values[0], name, values[k])
		}
	}
	table, err = os.ReadFile(fmt.Sprintf("/proc/%d/net/snmp6", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(table)) {
		var name, value string
		if _, err := fmt.Sscan(line, &name, &value); err == nil {
			total += counted("", name, value)
		}
	}
	return total
}

// counted is the value of a counter if it counts attempts.
func counted(protocol, name, value string) int {
	switch protocol + name {
	case "Ip:OutNoRoutes", "Ip:OutRequests", "Tcp:ActiveOpens", "Udp:OutDatagrams", "Ip6OutNoRoutes", "Ip6OutRequests", "Udp6OutDatagrams":
		n := 0
		if _, err := fmt.Sscan(value, &n); err == nil {
			return n
		}
	}
	return 0
}

// ask makes three attempts in the network of a process.
func ask(t *testing.T, pid int) {
	t.Helper()
	file, err := os.Open(fmt.Sprintf("/proc/%d/ns/net", pid))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // for good: the thread ends with the goroutine
		if err := unix.Setns(int(file.Fd()), unix.CLONE_NEWNET); err != nil {
			done <- err
			return
		}
		for _, c := range [][2]string{{"tcp", "10.1.2.3:80"}, {"udp", "10.1.2.3:53"}, {"tcp", "127.0.0.1:9"}} {
			var dialer net.Dialer
			if conn, err := dialer.DialContext(t.Context(), c[0], c[1]); err == nil {
				_ = conn.Close()
			}
		}
		done <- nil
	}()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}
