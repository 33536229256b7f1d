package main

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSpread(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		values []float64
		want   spread
	}{
		{"of nothing is zero", nil, spread{}},
		{"of one value is that value", []float64{4}, spread{4, 4, 4}},
		{"has the middle one of an odd number", []float64{9, 1, 4}, spread{4, 1, 9}},
		{"has the mean of the middle two of an even number", []float64{9, 1, 4, 5}, spread{4.5, 1, 9}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := spreadOf(c.values); got != c.want {
				t.Fatalf("%+v, want %+v", got, c.want)
			}
		})
	}
	if got, want := spreadOf([]float64{0.5, 0.25, 0.75}).String(), "0.50 (0.25–0.75)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestRatiosAreOfTheSameRounds(t *testing.T) {
	t.Parallel()
	got := ratios([]float64{10, 30, 5, 7}, []float64{20, 20, 0})
	if diff := cmp.Diff([]float64{0.5, 1.5}, got); diff != "" {
		t.Fatal(diff)
	}
}

func TestSlope(t *testing.T) {
	t.Parallel()
	at := func(minutes float64, value float64) reading {
		return reading{time.Duration(minutes * float64(time.Minute)), value}
	}
	for _, c := range []struct {
		name     string
		readings []reading
		want     float64
	}{
		{"of nothing is zero", nil, 0},
		{"of one moment is zero", []reading{at(1, 5), at(1, 7)}, 0},
		{"of what stays is zero", []reading{at(0, 5), at(1, 5), at(2, 5)}, 0},
		{"is the growth in a minute", []reading{at(0, 5), at(0.5, 6), at(1, 7), at(2, 9)}, 2},
		{"is negative for what shrinks", []reading{at(0, 6), at(2, 5)}, -0.5},
		{"lies between what goes up and down", []reading{at(0, 0), at(1, 3), at(2, 0), at(3, 3)}, 0.6},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := slope(c.readings); math.Abs(got-c.want) > 1e-9 {
				t.Fatalf("%v, want %v", got, c.want)
			}
		})
	}
}

func TestRequestsAreDueAtTheirRate(t *testing.T) {
	t.Parallel()
	l := load{rate: 400}
	var got []time.Duration
	for _, n := range []int64{0, 1, 2, 400, 240_000} {
		got = append(got, l.due(n))
	}
	want := []time.Duration{0, 2500 * time.Microsecond, 5 * time.Millisecond, time.Second, 10 * time.Minute}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
}

func TestTheMixedLoadIsSpreadEvenly(t *testing.T) {
	t.Parallel()
	mix, err := parseMix("# weights\npage 4\n\n call 2 \nlist 1\n")
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(schedule(mix), " ")
	if want := "page call page list page call page"; got != want {
		t.Fatalf("%s, want %s", got, want)
	}
}

func TestAMixedLoadThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                "it is empty",
		"page":            `"page" is no operation with a weight above 0`,
		"page 0":          `"page 0" is no operation with a weight above 0`,
		"page 1\ncall -1": `"call -1" is no operation with a weight above 0`,
		"page many":       `"page many" is no operation with a weight above 0`,
	} {
		if _, err := parseMix(text); err == nil || err.Error() != "mixed load: "+want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestTheMixedLoadNamesOperations(t *testing.T) {
	t.Parallel()
	list, err := documentsOf(operationNames)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range list {
		if len(o.bodies) == 0 || (o.name == mixed) != (len(o.bodies) == 100) {
			t.Errorf("%s: %d requests in a turn", o.name, len(o.bodies))
		}
	}
}

func TestQuantilesOfLatencies(t *testing.T) {
	t.Parallel()
	m := &measured{latency: newLatencies()}
	for ms := int64(1); ms <= 100; ms++ {
		if err := m.latency.RecordValue(ms * 1000); err != nil {
			t.Fatal(err)
		}
	}
	other := &measured{requests: 1, took: time.Second, cpu: time.Millisecond, latency: newLatencies()}
	_ = other.latency.RecordValue(7_000_000)
	m.add(other)
	for percent, want := range map[float64]float64{50: 51, 90: 91, 99: 100, 100: 7000} {
		if got := m.quantile(percent); math.Abs(got-want) > want/1000 {
			t.Errorf("p%.0f is %v ms, want %v", percent, got, want)
		}
	}
}

func TestCPUTimeOfAProcess(t *testing.T) {
	t.Parallel()
	const stat = "4242 (a ) strange) S 1 4242 4242 0 -1 4194304 100 0 0 0 150 25 0 0 20 0 9 0 123 456 789"
	if got, err := cpuOf(stat); err != nil || got != 1750*time.Millisecond {
		t.Errorf("%v %v, want 1.75 s", got, err)
	}
	if _, err := cpuOf("4242 (x) S 1"); err == nil {
		t.Error("what is cut off is taken for a CPU time")
	}
}

func TestMemoryOfAProcess(t *testing.T) {
	t.Parallel()
	const status = "Name:\tgateway\nVmHWM:\t  204800 kB\nVmRSS:\t  102400 kB\n"
	for name, want := range map[string]float64{"VmRSS:": 100, "VmHWM:": 200} {
		if got, err := kilobytes(status, name); err != nil || got != want {
			t.Errorf("%s %v %v, want %v", name, got, err, want)
		}
	}
	if _, err := kilobytes(status, "VmSwap:"); err == nil {
		t.Error("a line that is not there is read")
	}
}

func TestChosenNames(t *testing.T) {
	t.Parallel()
	all := []string{"a", "b", "c"}
	for list, want := range map[string][]string{"": all, "c,a": {"a", "c"}} {
		if got, err := chosen(all, list); err != nil || !cmp.Equal(want, got) {
			t.Errorf("%q: %v %v, want %v", list, got, err, want)
		}
	}
	if _, err := chosen(all, "a,d"); err == nil || err.Error() != "d is none of a, b, c" {
		t.Errorf("an unknown name: %v", err)
	}
}
