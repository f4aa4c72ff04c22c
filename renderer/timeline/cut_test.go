package timeline

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/reelay/reelay/session"
)

func TestCut(t *testing.T) {
	const s = time.Second
	type play struct{ from, to, skipped time.Duration }
	for name, test := range map[string]struct {
		activity       []time.Duration
		from, to, idle time.Duration
		speed          float64
		want           []play
	}{
		"nothing is cut without a limit": {activity: []time.Duration{0}, to: 1000 * 24 * time.Hour, speed: 1, want: []play{{0, 1000 * 24 * time.Hour, 0}}},
		"busy": {
			activity: []time.Duration{0, 1 * s, 2 * s, 3 * s}, to: 4 * s, idle: 2 * s, speed: 1,
			want: []play{{0, 4 * s, 0}},
		},
		"half as long again as the limit is left": {
			activity: []time.Duration{0, 3 * s}, to: 3 * s, idle: 2 * s, speed: 1, want: []play{{0, 3 * s, 0}},
		},
		"the middle is left out": {
			activity: []time.Duration{0, 10 * s}, to: 11 * s, idle: 2 * s, speed: 1,
			want: []play{{0, 1 * s, 0}, {9 * s, 11 * s, 8 * s}},
		},
		"leading": {
			activity: []time.Duration{20 * s}, to: 21 * s, idle: 2 * s, speed: 1,
			want: []play{{0, 1 * s, 0}, {19 * s, 21 * s, 18 * s}},
		},
		"trailing": {
			activity: []time.Duration{0, 1 * s}, to: 60 * s, idle: 2 * s, speed: 1,
			want: []play{{0, 2 * s, 0}, {59 * s, 60 * s, 57 * s}},
		},
		"nothing at all happens": {
			to: 60 * s, idle: 2 * s, speed: 1, want: []play{{0, 1 * s, 0}, {59 * s, 60 * s, 58 * s}},
		},
		"a gap of days": {
			activity: []time.Duration{0, 160 * time.Hour}, to: 160*time.Hour + s, idle: 3 * s, speed: 1,
			want: []play{{0, 1500 * ms, 0}, {160*time.Hour - 1500*ms, 160*time.Hour + s, 160*time.Hour - 3*s}},
		},
		"a range ignores what lies outside": {
			activity: []time.Duration{0, 5 * s, 30 * s, 90 * s}, from: 10 * s, to: 50 * s, idle: 2 * s, speed: 1,
			want: []play{{10 * s, 11 * s, 0}, {29 * s, 31 * s, 18 * s}, {49 * s, 50 * s, 18 * s}},
		},
		"several, faster": {
			activity: []time.Duration{0, 10 * s, 20 * s}, to: 20 * s, idle: 2 * s, speed: 4,
			want: []play{{0, 1 * s, 0}, {9 * s, 11 * s, 8 * s}, {19 * s, 20 * s, 8 * s}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			segments := cut(test.activity, test.from, test.to, test.idle, test.speed)
			var got []play
			var clip time.Duration
			for _, seg := range segments {
				got = append(got, play{seg.from, seg.to, seg.skipped})
				if seg.clip != clip || seg.length != time.Duration(float64(seg.to-seg.from)/test.speed) {
					t.Errorf("%v to %v plays at %v for %v, not from %v on", seg.from, seg.to, seg.clip, seg.length, clip)
				}
				clip = seg.clipEnd()
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestLength(t *testing.T) {
	for name, test := range map[string]struct {
		session time.Duration
		o       Options
		want    time.Duration
		last    time.Duration // session time of the last tick
	}{
		"real time":           {3 * time.Second, Options{Speed: 1, FPS: 30}, 3 * time.Second, 3 * time.Second},
		"odd length":          {3217 * ms, Options{Speed: 1, FPS: 30}, 3217 * ms, 3217 * ms},
		"odd rate":            {10 * time.Second, Options{Speed: 1, FPS: 7}, 10 * time.Second, 10 * time.Second},
		"twice as fast":       {10 * time.Second, Options{Speed: 2, FPS: 30}, 5 * time.Second, 10 * time.Second},
		"slow":                {time.Second, Options{Speed: 0.1, FPS: 60}, 10 * time.Second, time.Second},
		"a range":             {10 * time.Second, Options{From: 2 * time.Second, To: 5 * time.Second, Speed: 1, FPS: 30}, 3 * time.Second, 5*time.Second - time.Second/30},
		"a range past it all": {10 * time.Second, Options{From: 2 * time.Second, To: time.Hour, Speed: 1, FPS: 30}, 8 * time.Second, 10 * time.Second},
		"cut":                 {time.Hour, Options{Idle: 2 * time.Second, Speed: 1, FPS: 30}, 2 * time.Second, time.Hour},
		"shorter than a tick": {5 * ms, Options{Speed: 1, FPS: 30}, 0, 5 * ms},
		"no time at all":      {0, Options{Speed: 1, FPS: 30}, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			tl := build(t, visit(end(test.session)), test.o)
			frame := time.Second / time.Duration(test.o.FPS)
			if got := tl.Clip(tl.Ticks()); (got - test.want).Abs() > frame {
				t.Errorf("the clip is %v long, not %v", got, test.want)
			}
			if got := tl.At(tl.Ticks() - 1); (got - test.last).Abs() > time.Microsecond {
				t.Errorf("the last tick shows %v, not %v", got, test.last)
			}
			for tick := 1; tick < tl.Ticks(); tick++ {
				if tl.At(tick) < tl.At(tick-1) {
					t.Fatalf("tick %d shows %v after %v", tick, tl.At(tick), tl.At(tick-1))
				}
			}
			if got := tl.At(0); tl.Ticks() > 1 && got != test.o.From {
				t.Errorf("the clip begins at %v", got)
			}
		})
	}
}

func TestRangeErrors(t *testing.T) {
	for name, o := range map[string]Options{
		"behind the end": {From: 11 * time.Second},
		"backwards":      {From: 5 * time.Second, To: 4 * time.Second},
		"empty":          {From: 5 * time.Second, To: 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			o.Speed, o.FPS = 1, 30
			wantRangeError(t, visit(end(10*time.Second)), o)
		})
	}
	t.Run("longer than a day", func(t *testing.T) {
		days := visit(mutation(0), end(25*time.Hour))
		wantRangeError(t, days, plain())
		if tl := build(t, days, Options{Speed: 2, FPS: 30}); tl.Clip(tl.Ticks()) != 12*time.Hour+30*time.Minute {
			t.Errorf("at twice the speed it is %v long", tl.Clip(tl.Ticks()))
		}
	})
	if _, err := Build(memory{}, plain()); err == nil {
		t.Error("no events make a timeline")
	}
}

func wantRangeError(t *testing.T, src Source, o Options) {
	t.Helper()
	_, err := Build(src, o)
	var wrong *RangeError
	if !errors.As(err, &wrong) || wrong.Reason == "" || wrong.Hint() == "" {
		t.Errorf("got %v, not an error with a remedy", err)
	}
}

// TestGaps cuts 8 s of 20 s out: the clip jumps from 6 s to 14 s. What comes under
// a mouse that rests, at 10 s, is nothing that the user did.
func TestGaps(t *testing.T) {
	rest := incremental(10*time.Second, session.MouseMove, `"positions":[{"x":1,"y":1,"id":6,"timeOffset":0,"rest":true}]`)
	tl := build(t, visit(mutation(2*time.Second), move(5*time.Second, 5, 1, 1), rest, move(15*time.Second, 5, 1, 1), move(17*time.Second, 5, 2, 2), move(18500*ms, 5, 2, 2), end(20*time.Second)),
		Options{Speed: 1, FPS: 10, Idle: 2500 * ms})
	const jump = 6250 * ms
	if got, want := tl.Gaps(), []Gap{{At: jump, Skipped: 7500 * ms}}; !slices.Equal(got, want) {
		t.Fatalf("gaps %v, want %v", got, want)
	}
	for clip, want := range map[time.Duration]time.Duration{
		5 * time.Second: 5 * time.Second, jump - 1: jump - 1, jump: 13750 * ms, 8 * time.Second: 15500 * ms,
	} {
		if got := at(tl.segments, clip, tl.Speed); got != want {
			t.Errorf("at %v the clip shows %v, not %v", clip, got, want)
		}
	}
	for clip, want := range map[time.Duration]time.Duration{
		jump - GapLife/2 - 1: -1, jump - GapLife/2: 0, jump: GapLife / 2, jump + GapLife/2 - 1: GapLife - 1, jump + GapLife/2: -1, 0: -1,
	} {
		gap, age, ok := tl.GapAt(clip)
		if ok != (want >= 0) || ok && (age != want || gap.Skipped != 7500*ms) {
			t.Errorf("at %v the card is %v old (%v), want %v", clip, age, ok, want)
		}
	}
	for session, want := range map[time.Duration]time.Duration{
		0: 0, 5 * time.Second: 5 * time.Second, 10 * time.Second: jump, 15 * time.Second: 7500 * ms, 20 * time.Second: 12400 * ms, 21 * time.Second: -1,
	} {
		if got, ok := tl.ClipTime(session); ok != (want >= 0) || ok && got != want {
			t.Errorf("%v is shown at %v (%v), want %v", session, got, ok, want)
		}
	}
}

func TestClipTimeOfRange(t *testing.T) {
	tl := build(t, visit(end(time.Minute)), Options{From: 10 * time.Second, To: 20 * time.Second, Speed: 2, FPS: 30})
	for session, want := range map[time.Duration]time.Duration{
		0: -1, 10 * time.Second: 0, 16 * time.Second: 3 * time.Second, 21 * time.Second: -1,
	} {
		if got, ok := tl.ClipTime(session); ok != (want >= 0) || ok && got != want {
			t.Errorf("%v is shown at %v (%v), want %v", session, got, ok, want)
		}
	}
}

func TestIdle(t *testing.T) {
	// What the page does by itself long after the user's last act is no sign of life.
	tl := build(t, visit(move(time.Second, 5, 1, 1), mutation(5*time.Second), mutation(30*time.Second), end(40*time.Second)), plain())
	for at, want := range map[time.Duration]bool{
		0: false, 3 * time.Second: false, 3*time.Second + 1: true, 5 * time.Second: false, 7*time.Second + 1: true, 30 * time.Second: true,
	} {
		if tl.Idle(at) != want {
			t.Errorf("idle at %v: %v", at, !want)
		}
	}
}
