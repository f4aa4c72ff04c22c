package visitor

import (
	"fmt"
	"net/url"
	"slices"
)

// rebase moves a journey to another origin: every address with the origin of
// the first navigate step gets base instead.
func rebase(journey Journey, base string) (Journey, error) {
	if base == "" {
		return journey, nil
	}
	target, err := url.Parse(base)
	if err != nil || target.Scheme == "" || target.Host == "" {
		return journey, fmt.Errorf("base %q is not an origin like http://127.0.0.1:8080", base)
	}
	first := slices.IndexFunc(journey.Steps, func(s Step) bool { return s.Type == StepNavigate })
	if first < 0 {
		return journey, nil
	}
	origin, err := url.Parse(journey.Steps[first].URL)
	if err != nil {
		return journey, fmt.Errorf("read address of step %d: %w", first+1, err)
	}
	move := func(address string) string {
		u, err := url.Parse(address)
		if err != nil || u.Scheme != origin.Scheme || u.Host != origin.Host {
			return address
		}
		u.Scheme, u.Host = target.Scheme, target.Host
		return u.String()
	}
	journey.Steps = slices.Clone(journey.Steps)
	for i := range journey.Steps {
		step := &journey.Steps[i]
		step.URL, step.Target = move(step.URL), move(step.Target)
		step.Asserted = slices.Clone(step.Asserted)
		for j := range step.Asserted {
			step.Asserted[j].URL = move(step.Asserted[j].URL)
		}
	}
	return journey, nil
}
