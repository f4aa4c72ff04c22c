package recorder

import (
	"crypto/rand"
	"log/slog"
	"net/http"
	"strings"

	"github.com/reelay/reelay/recorder/csp"
	"github.com/reelay/reelay/recorder/inject"
	"github.com/reelay/reelay/recorder/redact"
)

// Prefix is the path under which the recorder answers itself, on every site
// that it records.
const Prefix = "/.reelay/"

// pages puts the recorder script into HTML pages.
type pages struct {
	script     scriptFile
	level      Level
	unrecorded func(Unrecorded)
	redactor   *redact.Redactor
	log        *slog.Logger
}

// Unrecorded tells of a page that was shown without being recorded.
type Unrecorded struct {
	Host   string `json:"host"`
	Path   string `json:"path"`
	Reason string `json:"reason"`
}

// earlyTexts is a script that notes what a page writes on canvases until the
// recorder's script, which is the element before it and does not hold up the
// page, comes and learns which of them show personal data. It is for pages
// without a policy: others mostly forbid the page's own inline scripts as well,
// and none is widened for this one.
const earlyTexts = `<script>{let s=document.currentScript,a=s.previousSibling;s.remove();if(a?.dataset?.level)if(self===top){` +
	`let m=a.texts=new Map,p=CanvasRenderingContext2D.prototype;a.wrote=(c,t)=>{m.get(c)?.add(t)??m.set(c,new Set([t]))};` +
	`for(let k of["fillText","strokeText"]){let f=p[k];p[k]=function(t){a.wrote(this.canvas,String(t));return f.apply(this,arguments)}}}}</script>`

// rewrite changes the response to a navigation if it is a page.
func (p *pages) rewrite(resp *http.Response, s site) {
	doc, page, err := inject.Page(resp)
	if !page {
		return
	}
	if err != nil {
		p.missing(resp.Request, err.Error())
		return
	}
	nonce := rand.Text()
	doc.Tag = []byte(`<script src="` + p.script.path + `" integrity="` + p.script.integrity + `" nonce="` + nonce +
		`" data-level="` + string(p.level) + `" async=""></script>`)
	policies := len(resp.Header.Values("Content-Security-Policy")) + len(resp.Header.Values("Content-Security-Policy-Report-Only"))
	if p.level == Standard && policies == 0 {
		doc.Tag = append(doc.Tag, earlyTexts...)
	}
	doc.Grant = grant(s, nonce)
	request := resp.Request
	err = inject.Response(resp, doc, func(o inject.Outcome) {
		switch o {
		case inject.Foreign, inject.Undefined, inject.Oversized:
			p.missing(request, string(o))
		case inject.Injected, inject.Pending:
		}
	})
	if err != nil {
		p.missing(request, err.Error())
	}
}

// missing says that a page is not recorded. Its query may hold secrets and is
// left out.
func (p *pages) missing(r *http.Request, reason string) {
	u := Unrecorded{Host: r.URL.Host, Path: p.redactor.String(r.URL.Path), Reason: reason}
	p.log.Warn("page is not recorded", slog.String("host", u.Host), slog.String("path", u.Path), slog.String("reason", reason))
	if p.unrecorded != nil {
		p.unrecorded(u)
	}
}

// grant is what a page's policy must allow: the script, the socket and its
// fallback, all on the page's own origin, and that origin itself if the policy
// knows it by another name.
func grant(s site, nonce string) csp.Grant {
	public := s.public.Scheme + "://" + s.public.Host + Prefix
	socket := "ws" + strings.TrimPrefix(public, "http")
	g := csp.Grant{
		Nonce:   "'nonce-" + nonce + "'",
		Script:  public,
		Connect: []string{socket, public},
	}
	if s.moved() {
		g.Site, g.Public = s.origin.String(), s.public.String()
	}
	return g
}
