package recorder_test

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/go-rod/rod/lib/proto"
)

// overridden is a border that browsers can't write any more once they have read
// it: nothing but its last side is left.
const overridden = `{ border: 1px solid var(--line); border-bottom: 0; background: url(img/a.png) }`

// Style sheets are recorded as they were written, whether their file is there
// before the snapshot or after it or they are in the page, and with what scripts
// made of them.
func TestStyleSheetsAreRecordedAsWritten(t *testing.T) {
	late := make(chan struct{})
	release := sync.OnceFunc(func() { close(late) })
	css := func(text string, wait <-chan struct{}) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			<-wait
			w.Header().Set("Content-Type", "text/css")
			_, _ = io.WriteString(w, text)
		}
	}
	now := make(chan struct{})
	close(now)
	site := http.NewServeMux()
	site.Handle("/css/early.css", css(".early"+overridden, now))
	site.Handle("/css/late.css", css(".late"+overridden, late))
	site.Handle("/", html(`<!doctype html><head><link rel=stylesheet href=/css/early.css><style>.own`+overridden+`</style>
<style id=changed>.changed`+overridden+`</style><script>document.getElementById('changed').sheet.insertRule('.inserted { color: red }')
addEventListener('DOMContentLoaded', () => {
  const style = document.createElement('style');
  style.append('.in', 'serted {}', '.two`+overridden+`');
  setTimeout(() => document.head.append(style), 100);
})</script></head><body><script>document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: '/css/late.css' }))</script>`))
	r := newRig(t, site, rigOptions{})
	t.Cleanup(release) // the site waits for its answers before it closes
	if _, err := browser(t).Page(proto.TargetCreateTarget{URL: r.URL}); err != nil {
		t.Fatal(err)
	}
	id := r.session(t)
	eventually(t, "snapshot", func() bool { return contains(r.items(t, id), `"type":2`) })
	eventually(t, "new element", func() bool { return contains(r.items(t, id), ".two") })
	if contains(r.items(t, id), ".late") {
		t.Fatal("the late sheet is not late")
	}
	release()
	eventually(t, "late sheet", func() bool { return contains(r.items(t, id), ".late") })

	_, text := r.exported(t)
	lost := regexp.MustCompile(`[^"{}]*\{[^{}]*border-top-color: ;`).FindAllString(text, -1)
	if len(lost) != 1 || !strings.HasPrefix(lost[0], ".changed") {
		t.Errorf("lost: %q", lost)
	}
	picture := strings.NewReplacer(`img/a.png`, `\"`+r.URL+`/css/img/a.png\"`)
	inline := strings.NewReplacer(`img/a.png`, `\"`+r.URL+`/img/a.png\"`)
	for _, want := range []string{
		".early" + picture.Replace(overridden), ".late" + picture.Replace(overridden),
		".own" + inline.Replace(overridden), `.in/* rr_split */serted {}/* rr_split */.two` + inline.Replace(overridden),
		".inserted { color: red; }",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in the bundle", want)
		}
	}
	if strings.Contains(text, "rr_href") {
		t.Error("the address of a sheet is left in the bundle")
	}
	if t.Failed() {
		t.Log(text)
	}
}
