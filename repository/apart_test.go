package repository_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/repository"
)

func TestWhatFailsByItselfIsFoundInHalves(t *testing.T) {
	broken := analytics.Errorf(analytics.Internal, "broken")
	for name, c := range map[string]struct {
		failing map[int]error
		done    []int
		failed  []int
		err     error
	}{
		"nothing fails":                {nil, []int{0, 1, 2, 3, 4}, nil, nil},
		"one does":                     {map[int]error{2: broken}, []int{0, 1, 3, 4}, []int{2}, nil},
		"the ends do":                  {map[int]error{0: broken, 4: broken}, []int{1, 2, 3}, []int{0, 4}, nil},
		"all do":                       {map[int]error{0: broken, 1: broken, 2: broken, 3: broken, 4: broken}, nil, []int{0, 1, 2, 3, 4}, nil},
		"the database is out of reach": {map[int]error{3: analytics.Errorf(analytics.Unavailable, "away")}, nil, nil, analytics.Errorf(analytics.Unavailable, "away")},
	} {
		t.Run(name, func(t *testing.T) {
			var done, failed []int
			err := repository.InHalves(t.Context(), []int{0, 1, 2, 3, 4}, func(_ context.Context, some []int) error {
				for _, n := range some {
					if c.failing[n] != nil {
						return c.failing[n]
					}
				}
				done = append(done, some...)
				return nil
			}, func(n int, err error) {
				if err != c.failing[n] {
					t.Errorf("%d failed with %v", n, err)
				}
				failed = append(failed, n)
			})
			if fmt.Sprint(err) != fmt.Sprint(c.err) || !slices.Equal(done, c.done) || !slices.Equal(failed, c.failed) {
				t.Errorf("done %v, failed %v, %v; want %v, %v, %v", done, failed, err, c.done, c.failed, c.err)
			}
		})
	}
}

func TestManyFailuresAreToldByAFewAndTheirNumber(t *testing.T) {
	told := repository.Failures(25, func(n int) error { return fmt.Errorf("failure %d", n) })
	lines := strings.Split(told.Error(), "\n")
	if diff := cmp.Diff([]string{"failure 0", "failure 19", "and 5 more"}, []string{lines[0], lines[19], lines[20]}); diff != "" || len(lines) != 21 {
		t.Errorf("%d lines (-want +got):\n%s", len(lines), diff)
	}
	if err := repository.Failures(0, nil); err != nil {
		t.Errorf("none are told as %v", err)
	}
}
