package chrome

import "strconv"

// flag is one command line switch; an empty value is a bare switch.
type flag struct{ name, value string }

// flags are the switches of a rendering browser, in a fixed order.
func flags(o Options, userDataDir string) []flag {
	fs := []flag{
		// Frames come when beginFrame asks for them, complete and repeatable.
		{"deterministic-mode", ""},
		{"disable-gpu", ""},
		{"force-color-profile", "srgb"},
		{"font-render-hinting", "none"},
		{"disable-lcd-text", ""},
		// Scrolling moves what is painted already, instead of painting anew.
		{"enable-prefer-compositing-to-lcd-text", ""},
		{"num-raster-threads", "2"},
		// What is drawn must not depend on when those threads run. A tile is drawn
		// as a whole, and none outside the window: Chrome redraws what lies between
		// such a tile, when it is done, and a change elsewhere.
		{"disable-partial-raster", ""},
		{"enable-features", "SmallerInterestArea:size_in_pixels/0"},
		{"force-device-scale-factor", strconv.FormatFloat(o.Scale, 'f', -1, 64)},
		{"lang", "en-US"},
		// The stage shows the frames of animated images (images.ts). A mouse
		// points, as far as a page's media queries know.
		{"blink-settings", "imageAnimationPolicy=2,primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4"},

		// No way out, whatever a recording asks for: requests are answered over
		// the protocol; what slips past that meets a dead proxy and no resolver.
		{"proxy-server", "http://127.0.0.1:9"},
		{"proxy-bypass-list", "<-loopback>"},
		{"host-resolver-rules", "MAP * ~NOTFOUND"},
		{"webrtc-ip-handling-policy", "disable_non_proxied_udp"},
		{"force-webrtc-ip-handling-policy", "disable_non_proxied_udp"},
		{"disable-background-networking", ""},
		{"disable-component-update", ""},
		{"disable-default-apps", ""},
		{"disable-domain-reliability", ""},
		{"disable-sync", ""},
		{"no-pings", ""},
		{"no-first-run", ""},

		{"disable-breakpad", ""},
		{"disable-crash-reporter", ""},
		{"disable-extensions", ""},
		{"disable-hang-monitor", ""},
		{"disable-dev-shm-usage", ""},
		{"disable-ipc-flooding-protection", ""},
		{"disable-renderer-backgrounding", ""},
		{"mute-audio", ""},
		{"disable-features", "Translate,MediaRouter,OptimizationHints,InterestFeedContentSuggestions,PaintHolding"},
		{"user-data-dir", userDataDir},
	}
	if o.NoSandbox {
		fs = append(fs, flag{"no-sandbox", ""})
	}
	return fs
}
