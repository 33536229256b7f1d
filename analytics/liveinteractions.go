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

// InteractionFigures are what the interactions of a live event come to over all
// its phases, as plain counts, by the interaction's id.
type InteractionFigures []InteractionCounts

// InteractionCounts are the counts of one poll or winning instant.
type InteractionCounts struct {
	InteractionID string        `bson:"id"`
	Options       []OptionTally `bson:"options"` // of a poll, by option
	Participants  int           `bson:"participants"`
	Winners       int           `bson:"winners"`
}

// InteractionFigures counts the interactions of merged buckets, those of all
// phases for the whole event.
func (b *LiveBucket) InteractionFigures() InteractionFigures {
	figures := make(InteractionFigures, len(b.Interactions))
	for i := range b.Interactions {
		t := &b.Interactions[i]
		figures[i] = InteractionCounts{
			InteractionID: t.InteractionID, Options: slices.Clone(t.Options),
			Participants: t.Participants.Count(), Winners: t.Winners.Count(),
		}
	}
	return figures
}

// Poll returns the statistics of a poll.
func (f InteractionFigures) Poll(i *Interaction) PollStatistics {
	counted := f.of(i.InteractionID)
	stats := PollStatistics{Participants: counted.Participants}
	counts := map[string]int{}
	options := slices.Clone(i.Options)
	for _, t := range counted.Options {
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

// WinningInstant returns the statistics of a winning instant.
func (f InteractionFigures) WinningInstant(i *Interaction) WinningInstantStatistics {
	counted := f.of(i.InteractionID)
	return WinningInstantStatistics{
		Participants: counted.Participants,
		Winners:      counted.Winners,
		WinningRate:  Ratio{Numerator: counted.Winners, Denominator: counted.Participants},
	}
}

func (f InteractionFigures) of(id string) *InteractionCounts {
	for i := range f {
		if f[i].InteractionID == id {
			return &f[i]
		}
	}
	return &InteractionCounts{}
}

// IsInteractionStatistics marks what an interaction may come to.
func (PollStatistics) IsInteractionStatistics()           {}
func (WinningInstantStatistics) IsInteractionStatistics() {}

// Statistics returns what an interaction came to, by its type.
func (f InteractionFigures) Statistics(i *Interaction) interface{ IsInteractionStatistics() } {
	if i.Type == WinningInstant {
		return f.WinningInstant(i)
	}
	return f.Poll(i)
}
