package recorder

import (
	"net/http"
	"net/url"
	"testing"
)

// A site may spell its own port out, and so may who records it.
func TestOriginsAreComparedAsBrowsersDo(t *testing.T) {
	for _, tt := range []struct{ target, value, want string }{
		{"https://shop.test", "https://shop.test:443/x", "http://127.0.0.1:8080/x"},
		{"https://shop.test:443", "https://shop.test/x", "http://127.0.0.1:8080/x"},
		{"https://shop.test", "http://shop.test:80?x", "http://127.0.0.1:8080?x"},
		{"https://shop.test", "HTTPS://Shop.test", "http://127.0.0.1:8080"},
		{"https://shop.test", "//shop.test:443/x", "//127.0.0.1:8080/x"},
		{"https://shop.test", "https://shop.test:8443/x", "https://shop.test:8443/x"},
		{"https://shop.test", "https://shop.test.example/x", "https://shop.test.example/x"},
		{"http://shop.test", "https://shop.test/x", "https://shop.test/x"},
		{"https://shop.test", "/go//https://shop.test/", "/go//https://shop.test/"},
	} {
		target, err := url.Parse(tt.target)
		if err != nil {
			t.Fatal(err)
		}
		s, err := newSite(&http.Request{Host: "127.0.0.1:8080", URL: &url.URL{Path: "/"}}, target)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.toPublic(tt.value); got != tt.want {
			t.Errorf("%s of %s: %s, want %s", tt.value, tt.target, got, tt.want)
		}
	}
}

func TestOnlyPublicAddresses(t *testing.T) {
	for _, address := range []string{
		"127.0.0.1", "10.0.0.1", "100.64.0.1", "169.254.169.254", "0.1.2.3", "198.18.0.1", "198.19.255.255", "240.0.0.1", "255.255.255.255",
		"[::1]", "[fd00::1]", "[::ffff:10.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::1]", "[2002:7f00:1::1]", "[2001::1]",
	} {
		if publicOnly("tcp", address+":80", nil) == nil {
			t.Errorf("%s is reached", address)
		}
	}
	for _, address := range []string{"93.184.215.14", "[2606:4700::1111]", "198.20.0.1"} {
		if err := publicOnly("tcp", address+":80", nil); err != nil {
			t.Error(err)
		}
	}
}
