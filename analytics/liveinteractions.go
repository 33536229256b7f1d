package analytics

import "slices"

// PollStatistics are the statistics of a poll.
type PollStatistics struct {
	Answers      int // every answer counts
	Participants int // visitors who answered
	// Options are those of the poll in its order, then any others answered, by
	// name.
	Options []PollOptionStatistics
}

// PollOptionStatistics are the answers for one option.
type PollOptionStatistics struct {
	Option  string
	Answers int
	Share   Ratio // of all answers
}

// WinningInstantStatistics are the statistics of a winning instant.
type WinningInstantStatistics struct {
	Participants int // visitors who played
	Winners      int // visitors who won
	WinningRate  Ratio
}

// Poll returns the statistics of a poll over merged buckets, those of all phases
// for the whole event.
func (b *LiveBucket) Poll(i *Interaction) PollStatistics {
	tally := b.interaction(i.InteractionID)
	stats := PollStatistics{Participants: tally.Participants.Count()}
	counts := map[string]int{}
	options := slices.Clone(i.Options)
	for _, t := range tally.Options {
		counts[t.Option] = t.Count
		stats.Answers += t.Count
		if !slices.Contains(options, t.Option) {
			options = append(options, t.Option)
		}
	}
	stats.Options = make([]PollOptionStatistics, len(options))
	for at, option := range options {
		n := counts[option]
		stats.Options[at] = PollOptionStatistics{Option: option, Answers: n, Share: Ratio{Numerator: n, Denominator: stats.Answers}}
	}
	return stats
}

// WinningInstant returns the statistics of a winning instant over merged
// buckets.
func (b *LiveBucket) WinningInstant(i *Interaction) WinningInstantStatistics {
	tally := b.interaction(i.InteractionID)
	participants, winners := tally.Participants.Count(), tally.Winners.Count()
	return WinningInstantStatistics{
		Participants: participants,
		Winners:      winners,
		WinningRate:  Ratio{Numerator: winners, Denominator: participants},
	}
}

func (b *LiveBucket) interaction(id string) *InteractionTally {
	for i := range b.Interactions {
		if b.Interactions[i].InteractionID == id {
			return &b.Interactions[i]
		}
	}
	return &InteractionTally{}
}
