package analytics

// LiveQuestion is what is asked about one phase of one live event. Many can be
// asked, and answered, together.
type LiveQuestion struct {
	LiveEventID string
	Phase       LivePhase
	// Period restricts prelive and replay; the zero value asks for the whole phase.
	// The live phase is always whole.
	Period Period
	// Without are the parts that nobody looks at: they may be missing, or wrong.
	Without LiveParts
}

// Asked returns the period of the question, nil for the whole phase.
func (q *LiveQuestion) Asked() *Period {
	if q.Period == (Period{}) {
		return nil
	}
	p := q.Period
	return &p
}

// LiveParts are parts of the reading of a phase, of which most readers need few.
// All that is not in one of them is always read.
type LiveParts uint8

// The parts, by what is made of them.
const (
	SeriesPart   LiveParts = 1 << iota // the evolution
	SourcesPart                        // the traffic sources
	WidgetsPart                        // the widgets, and who of a funnel saw one
	BusinessPart                       // what viewers did in the shop
	ProductsPart                       // the products, and the sales of those displayed and others
)
