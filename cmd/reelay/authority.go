package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"github.com/reelay/reelay/recorder/mitm"
)

// authorityDir is where this user's certificate authority is.
func authorityDir() (string, error) {
	config, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("find the folder of the certificate authority: %w", err)
	}
	return filepath.Join(config, "reelay", "ca"), nil
}

// openAuthority loads the certificate authority, which must be for hosts, and
// makes one for them if there is none yet.
func openAuthority(hosts []string) (*mitm.Authority, error) {
	dir, err := authorityDir()
	if err != nil {
		return nil, err
	}
	authority, err := mitm.LoadAuthority(dir, hosts, time.Now)
	if errors.Is(err, mitm.ErrNoAuthority) && len(hosts) > 0 {
		return mitm.CreateAuthority(dir, hosts, time.Now)
	}
	if err != nil {
		return nil, explainAuthority(err, dir, hosts)
	}
	return authority, nil
}

// explainAuthority adds the remedy to an error of the authority in dir. hosts
// are what it should be for.
func explainAuthority(err error, dir string, hosts []string) error {
	if authority, err := mitm.LoadAuthority(dir, nil, time.Now); err == nil {
		hosts = slices.Concat(authority.Hosts(), hosts)
	}
	slices.Sort(hosts)
	named := "HOST…"
	if len(hosts) > 0 {
		named = strings.Join(slices.Compact(hosts), " ")
	}
	switch {
	case errors.Is(err, mitm.ErrNoAuthority):
		return usagef("name the hosts to record: reelay record --forward --allow example.com", "%w", err)
	case errors.Is(err, mitm.ErrNotPermitted), errors.Is(err, mitm.ErrExpired):
		return usagef("make another one, and trust its certificate instead: reelay ca rotate "+named, "%w", err)
	}
	return err
}

// hostNames reads hosts as people write them: example.com, *.example.com,
// https://example.com:8443/, bücher.example.
func hostNames(args []string) ([]string, error) {
	hosts := make([]string, len(args))
	for i, arg := range args {
		text := strings.TrimPrefix(arg, "*.")
		if !strings.Contains(text, "://") {
			text = "//" + text
		}
		if ip := net.ParseIP(strings.TrimPrefix(text, "//")); ip != nil {
			hosts[i] = ip.String()
			continue
		}
		u, err := url.Parse(text)
		if err == nil {
			hosts[i], err = idna.Lookup.ToASCII(u.Hostname())
		}
		if err != nil || hosts[i] == "" {
			return nil, usagef("write it like example.com; the hosts below it are included", "%q is not the name of a host", arg)
		}
	}
	return hosts, nil
}

// listenHosts are the names by which browsers reach a listener on addr.
func listenHosts(addr string) ([]string, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, usagef("write it like 127.0.0.1:8443", "--listen %s: %w", addr, err)
	}
	ip := net.ParseIP(host)
	switch {
	case loopback(addr):
		return []string{"localhost", "127.0.0.1", "::1"}, nil
	case host != "" && (ip == nil || !ip.IsUnspecified()):
		return []string{host}, nil
	}
	name, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("find this machine's name: %w", err)
	}
	return []string{name, "localhost", "127.0.0.1", "::1"}, nil
}

// loopback reports whether an address to listen on can be reached from this
// machine only.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}
