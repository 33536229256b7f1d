package repository_test

import (
	"strconv"
	"sync"
	"testing"

	"cartograph/analytics"
	"cartograph/repository/repositorytest"
)

// Two gateways that hear of a live event at the same time number its visitors
// both, and never alike.
func TestOrdinalsAreReservedOnce(t *testing.T) {
	repo, reach := repositorytest.Open(t, nil), analytics.Reach{Org: freshOrg()}
	const takers, each = 16, 3
	for event := range 20 {
		var lock sync.Mutex
		taken := map[uint32]bool{}
		var all sync.WaitGroup
		for range takers {
			all.Go(func() {
				first, err := repo.Reserve(t.Context(), reach, "evening:"+strconv.Itoa(event), "visitors", each)
				if err != nil {
					t.Error(err)
					return
				}
				lock.Lock()
				defer lock.Unlock()
				for n := range uint32(each) {
					if taken[first+n] || first+n >= takers*each {
						t.Errorf("number %d is given out twice, or too large", first+n)
					}
					taken[first+n] = true
				}
			})
		}
		all.Wait()
	}
}
