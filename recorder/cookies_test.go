package recorder_test

import (
	"fmt"
	"testing"
)

// A cookie that says where somebody came from would take every address of the
// site out of everybody's events; one that holds JSON is a credential like others.
func TestWhichCookiesAreCredentials(t *testing.T) {
	const json, base64 = `{"id":"s3cr3t-in-json"}`, "/9j4AAQSkZJRgABAQE+yz=="
	r := newRig(t, reply(200, "", `Set-Cookie: state={"id":"s3cr3t-of-the-site"}; Path=/`), rigOptions{})
	get(t, r, "/", "Cookie: from=https%3A%2F%2Fshop.test%2F; at=https://shop.test/list; next=%2Faccount%2Forders-2024; then=\"/account/orders-2024\"; data="+json+"; sid="+base64)
	c, _ := call(t, r, pageID)
	text := `at https://shop.test/list, then /account/orders-2024 ` + json + ` {"id":"s3cr3t-of-the-site"} ` + base64
	c.say("%s", `{"t":"events","seq":0}`+"\n"+fmt.Sprintf(`{"type":6,"data":{"payload":[%q]}}`, text))
	c.hear()
	want := fmt.Sprintf("%q", "at https://shop.test/list, then /account/orders-2024 ••••• ••••• •••••")
	if items := r.items(t, sessionID); !contains(items, want) {
		t.Errorf("kept %s", items[0].Event)
	}
}
