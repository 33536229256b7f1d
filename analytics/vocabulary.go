package analytics

// subjectKind says what an event names: one of these, or nothing.
type subjectKind uint8

const (
	noSubject subjectKind = 1 << iota // its data says what it is about
	onCall
	onLiveEvent
	onWorkflow

	anySubject = noSubject | onCall | onLiveEvent | onWorkflow
)

// eventKind is what the vocabulary says of one type of event.
type eventKind struct {
	subjects subjectKind // those it may name
	// needsSession: without its session the event could not be counted.
	needsSession bool
	// page: a visitor's page may send it with a public key.
	page bool
	// keys of data, read in this order.
	keys []dataKey
	// check looks at the event as a whole and may complete it; nil if there is
	// nothing to look at.
	check func(*Event) error
}

// vocabulary is every type of event that a sender can send. Keys that nothing
// here names are refused.
var vocabulary = map[EventType]eventKind{
	CallWidgetOpened: {noSubject, false, true, []dataKey{keyQueueID, keyQueuePlace, keyServingAgents}, nil},
	JoinedQueue:      {noSubject, true, true, []dataKey{keyQueueID, keyQueuePlace, keyServingAgents}, nil},
	LeftQueue:        {noSubject, true, true, []dataKey{keyQueueID, keyQueuePlace, keyServingAgents}, nil},

	CallStarted: {onCall, true, false, []dataKey{
		keyAgentID, keyCallType, optional(keyQueueID), keyTrackingTag, keyWaitingRoomID, keyEnteredWaitingRoomAt}, checkCallStarted},
	CallEnded:         {onCall, false, false, nil, nil},
	CallMissed:        {noSubject, true, false, []dataKey{keyQueueID, keyEnteredQueueAt}, checkCallMissed},
	ProductPresented:  {onCall, false, false, []dataKey{keySKU}, nil},
	ProductTriedOn:    {onCall, false, true, []dataKey{keySKU}, nil},
	CallRated:         {onCall, false, false, []dataKey{keyScale, keyRating, keyText}, checkCallRated},
	ShopperIdentified: {onCall, false, false, []dataKey{keyFirstName, keyLastName, keyEmail, keyPhone, keyShopperMessage, keyDetails}, nil},
	ShopperBlocked:    {onCall, false, false, []dataKey{keyNote}, nil},
	TagsSet:           {onCall, false, false, []dataKey{keyTags}, nil},

	MessageSent:     {onCall | onLiveEvent, false, true, []dataKey{keyMessageID, keyAuthor, keyAuthorName, keyText, keyReplyTo}, checkAuthor},
	AddedToCart:     {onCall | onLiveEvent, false, true, []dataKey{keySKU, keyQuantity, keyCart, keyAffiliation}, nil},
	RemovedFromCart: {onCall | onLiveEvent, false, true, []dataKey{keySKU, keyQuantity, keyCart, keyAffiliation}, nil},

	SessionStarted:     {onLiveEvent, true, true, []dataKey{keyDevice, keySource}, nil},
	SessionEnded:       {onLiveEvent, true, true, nil, nil},
	Heartbeat:          {onLiveEvent, true, true, nil, nil},
	WidgetViewed:       {onLiveEvent, false, true, []dataKey{keyWidget}, nil},
	WidgetClicked:      {onLiveEvent, false, true, []dataKey{keyWidget}, nil},
	TeaserWatched:      {onLiveEvent, false, true, []dataKey{keySeconds}, nil},
	AlertOpened:        {onLiveEvent, false, true, nil, nil},
	SMSSubscribed:      {onLiveEvent, false, true, []dataKey{keyPhone, keyCommercialOptin}, nil},
	CalendarSubscribed: {onLiveEvent, false, true, nil, nil},
	Shared:             {onLiveEvent, false, true, nil, nil},
	CatalogOpened:      {onLiveEvent, false, true, nil, nil},
	Liked:              {onLiveEvent, false, true, []dataKey{keyCount}, nil},

	ProductDisplayed: {onLiveEvent, false, false, []dataKey{keySKU}, nil},
	ProductHidden:    {onLiveEvent, false, false, []dataKey{keySKU}, nil},
	ProductClicked:   {onLiveEvent, false, true, []dataKey{keySKU}, nil},

	SurveyShown:          {onLiveEvent, false, true, nil, nil},
	SurveyAnswered:       {onLiveEvent, false, true, []dataKey{keySurveyRating, keyComment}, nil},
	PollAnswered:         {onLiveEvent, false, true, []dataKey{keyInteractionID, keyOption}, nil},
	WinningInstantPlayed: {onLiveEvent, false, true, []dataKey{keyInteractionID, keyWon}, nil},
	ViewerIdentified:     {onLiveEvent, false, true, []dataKey{keyFirstName, keyPhone, keyEmail, keyOptin}, nil},

	PageViewed:      {onWorkflow, true, true, []dataKey{keyURL}, nil},
	WorkflowStarted: {onWorkflow, false, true, nil, nil},
	Interacted:      {onWorkflow, false, true, nil, nil},
	GoalTriggered:   {onWorkflow, false, true, []dataKey{keyUID, keyGoalName}, nameGoal},
	GoalReached:     {anySubject, false, true, []dataKey{keyUID, keyGoalName}, nameGoal},

	Purchased: {anySubject, false, false, []dataKey{keyTransactionID, keyCurrency, keyAmount, keyProducts}, nil},
}

// MayComeFromPage reports whether an event may be sent with the public key of a
// page: what a visitor's own page knows, and no more.
func (e *Event) MayComeFromPage() bool {
	if e.Type == MessageSent {
		return e.Data.Author == ByViewer
	}
	return vocabulary[e.Type].page
}

// isOfStore reports whether the store itself speaks in an event, so that no
// visitor needs to be named.
func (e *Event) isOfStore() bool {
	return e.Type == MessageSent && (e.Data.Author == ByAgent || e.Data.Author == ByBrand)
}

func checkCallStarted(e *Event) error {
	d := &e.Data
	switch {
	case d.CallType == QueueCall && d.QueueID == "":
		return within("data.queueId", wrongf("is required for callType queue"))
	case d.CallType == BookedMeeting && d.WaitingRoomID == "":
		return within("data.waitingRoomId", wrongf("is required for callType booked_meeting"))
	case d.EnteredWaitingRoomAt != nil && d.EnteredWaitingRoomAt.After(e.At):
		return within("data.enteredWaitingRoomAt", wrongf("lies after the start of the call"))
	}
	return nil
}

func checkCallMissed(e *Event) error {
	if e.Data.EnteredQueueAt.After(e.At) {
		return within("data.enteredQueueAt", wrongf("lies after the event itself"))
	}
	return nil
}

func checkCallRated(e *Event) error {
	rating := *e.Data.Rating
	if e.Data.Scale == 2 && rating != 1 && rating != 2 {
		return within("data.rating", wrongf("must be 1 or 2 on scale 2"))
	}
	if rating < 0 || rating > 10 {
		return within("data.rating", wrongf("must be between 0 and 10 on scale 10"))
	}
	return nil
}

// checkAuthor: agents and shoppers write on calls, viewers and the brand on live
// events.
func checkAuthor(e *Event) error {
	_, isCall := SubjectID("call", e.Subject)
	author := e.Data.Author
	if isCall != (author == ByAgent || author == ByShopper) {
		return within("data.author", wrongf("must be agent or shopper on calls, viewer or brand on live events"))
	}
	return nil
}

// nameGoal gives a goal without a name its uid for one.
func nameGoal(e *Event) error {
	if e.Data.Name == "" {
		e.Data.Name = e.Data.UID
	}
	return nil
}
