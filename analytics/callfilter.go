package analytics

// CallFilter says which calls a list shows; a zero field asks for nothing.
type CallFilter struct {
	Period            *Period
	Status            *CallStatus
	Type              *CallType
	AgentIDs          []string // native or global
	QueueIDs          []string // native or global
	ClientID          *string
	Test              *bool
	Running           *bool
	ExcludeShortCalls bool
	ExcludeShortWaits bool
	ExcludeTestCalls  bool
	SKU               *string
	Shopper           *string // a prefix of a word; needs pii:read
}

// CallStatsFilter says which calls statistics are made of.
type CallStatsFilter struct {
	ExcludeShortCalls bool
	ExcludeShortWaits bool
	ExcludeTestCalls  bool
	AgentIDs          []string // native or global
	QueueIDs          []string // native or global
	Type              *CallType
}

// maxFilterIDs bounds the ids of one condition: every id is a range of an index.
const maxFilterIDs = 100

// Validate fails with BadUserInput for an invalid period and for more than 100
// ids in one condition.
func (f *CallFilter) Validate() error {
	if f.Period != nil {
		if err := f.Period.Validate(); err != nil {
			return err
		}
	}
	return validateIDs(f.AgentIDs, f.QueueIDs)
}

// Validate fails with BadUserInput for more than 100 ids in one condition.
func (f *CallStatsFilter) Validate() error { return validateIDs(f.AgentIDs, f.QueueIDs) }

func validateIDs(agents, queues []string) error {
	if len(agents) > maxFilterIDs {
		return Errorf(BadUserInput, "agentIds holds %d ids, at most %d are allowed", len(agents), maxFilterIDs)
	}
	if len(queues) > maxFilterIDs {
		return Errorf(BadUserInput, "queueIds holds %d ids, at most %d are allowed", len(queues), maxFilterIDs)
	}
	return nil
}

// Direction is the way a list is ordered.
type Direction string

// Ascending: smallest or earliest first.
const (
	Ascending  Direction = "ASC"
	Descending Direction = "DESC"
)

// CallOrder says how a list of calls is ordered.
type CallOrder struct {
	Field     CallOrderField
	Direction Direction
}

// CallOrderField is what calls can be ordered by.
type CallOrderField string

// The orders of calls: by Call.At, and by Call.ByDuration.
const (
	ByTime     CallOrderField = "TIME"
	ByDuration CallOrderField = "DURATION"
)
