package demo

import "iter"

// Catalog yields the reference data, one JSON record each: agents, queues,
// products, live events with their interactions, workflows.
func Catalog() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for _, records := range [][]data{
			agentRecords(), queueRecords(), productRecords(), liveEventRecords(), workflowRecords,
		} {
			for _, record := range records {
				if !yield(encode(record)) {
					return
				}
			}
		}
	}
}

// Events yields the tracking events, one JSON object each. What belongs to one
// call or session stands together, so that a batch of events derives each call
// once; the purchases come last, in the order of time.
func Events() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		tellAll(func(events []event) bool {
			for _, e := range events {
				if !yield(encode(e)) {
					return false
				}
			}
			return true
		})
	}
}

// tellAll yields all events, story by story, until yield reports false.
func tellAll(yield func([]event) bool) {
	shop := &till{random: newRandom("purchases")}
	random := newRandom("calls")
	all := visits()
	for _, v := range all {
		m := tellVisit(random, v)
		shop.afterVisit(m)
		if !yield(m.told()) {
			return
		}
	}
	for _, b := range broadcasts {
		if !newAudience(b, all).tell(shop, yield) {
			return
		}
	}
	if !tellWorkflows(shop, yield) {
		return
	}
	shop.withoutCall(all)
	yield(shop.events())
}
