package analytics

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// CatalogRecord is a reference record as the catalog has it: exactly one of the
// pointers is set. It is created, or replaces what its id had before.
type CatalogRecord struct {
	ID string

	Agent       *Agent
	Queue       *Queue
	Product     *Product
	LiveEvent   *LiveEvent
	Interaction *Interaction
	Workflow    *Workflow
}

// recordKind says how a record of a kind is read: its keys, and a function that
// may trust the object to hold no others and all required ones.
type recordKind struct {
	required, optional []string
	read               func(jsonObject, *CatalogRecord) error
}

// catalogKinds are the kinds of records, by the word in `kind`.
var catalogKinds = map[string]recordKind{
	"agent":   {[]string{"id", "name"}, []string{"email", "externalId"}, readAgent},
	"queue":   {[]string{"id", "name"}, nil, readQueue},
	"product": {[]string{"sku", "name"}, []string{"brandName", "description", "url", "imageUrls", "price", "variations"}, readProduct},
	"live_event": {[]string{"id", "name"}, []string{"description", "imageUrls", "teaserUrl",
		"scheduledAt", "startedAt", "endedAt", "currency", "timeZone", "videos"}, readLiveEvent},
	"interaction": {[]string{"id", "liveEventId", "type"}, []string{"question", "options"}, readInteraction},
	"workflow":    {[]string{"id", "name", "type"}, nil, readWorkflow},
}

// ParseCatalogRecord reads one record as senders write it. It fails with
// BadUserInput where anything is wrong, with the path of what it is.
func ParseCatalogRecord(raw []byte) (CatalogRecord, error) {
	if err := checkThing(raw); err != nil {
		return CatalogRecord{}, refusal(err)
	}
	object, err := readObject(raw)
	if err != nil {
		return CatalogRecord{}, refusal(err)
	}
	if !object.has("kind") {
		return CatalogRecord{}, refusal(within("kind", wrongf("is required")))
	}
	name, err := readString(object["kind"])
	if err != nil {
		return CatalogRecord{}, refusal(within("kind", err))
	}
	kind, known := catalogKinds[name]
	if !known {
		return CatalogRecord{}, refusal(within("kind", wrongf("%q is none of %s",
			clip(name), strings.Join(slices.Sorted(maps.Keys(catalogKinds)), ", "))))
	}
	delete(object, "kind")
	if err := object.holds(kind.required, kind.optional); err != nil {
		return CatalogRecord{}, refusal(err)
	}
	var record CatalogRecord
	if err := kind.read(object, &record); err != nil {
		return CatalogRecord{}, refusal(err)
	}
	return record, nil
}

// RecordIDOf returns the id of a catalog record as far as it can be read, for an
// answer about a record that cannot be taken.
func RecordIDOf(raw []byte) string {
	if id := stringKey(raw, "id"); id != "" {
		return id
	}
	return stringKey(raw, "sku")
}

// holds fails where a required key is missing or one is not known.
func (o jsonObject) holds(required, optional []string) error {
	for _, key := range required {
		if !o.has(key) {
			return within(key, wrongf("is required"))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(o)) {
		if !slices.Contains(required, key) && !slices.Contains(optional, key) {
			return within(clip(key), wrongf("unknown key; known are %s", strings.Join(slices.Concat(required, optional), ", ")))
		}
	}
	return nil
}

// fields reads the keys of an object one after the other; the first error stays.
type fields struct {
	object jsonObject
	err    error
}

// take reads a key, if the object has it, into what to points to.
func take[T any](f *fields, key string, read func(json.RawMessage) (T, error), to *T) {
	if f.err != nil || !f.object.has(key) {
		return
	}
	v, err := read(f.object[key])
	if err != nil {
		f.err = within(key, err)
		return
	}
	*to = v
}

// maxName bounds names, in characters: lists are ordered by them.
const maxName = 256

func readName(raw json.RawMessage) (string, error) {
	s, err := readString(raw)
	switch {
	case err != nil:
		return "", err
	case strings.TrimSpace(s) == "":
		return "", wrongf("must not be empty")
	case len([]rune(s)) > maxName:
		return "", wrongf("is longer than %d characters", maxName)
	}
	return s, nil
}

func readText(raw json.RawMessage) (Text, error) {
	s, err := readString(raw)
	return Text(s), err
}

func readMoment(raw json.RawMessage) (*time.Time, error) {
	t, err := readTime(raw)
	if err != nil {
		return nil, err
	}
	return &t, nil
}

// eachBy reads a list, each element by read.
func eachBy[T any](read func(json.RawMessage) (T, error)) func(json.RawMessage) ([]T, error) {
	return func(raw json.RawMessage) ([]T, error) {
		var list []T
		err := readList(raw, func(element json.RawMessage) error {
			v, err := read(element)
			list = append(list, v)
			return err
		})
		return list, err
	}
}

// NameKey returns what lists order a name by.
func NameKey(name string) string { return strings.ToLower(name) }

func readAgent(o jsonObject, r *CatalogRecord) error {
	a := &Agent{Origin: FromCatalog}
	f := fields{object: o}
	take(&f, "id", readID, &a.AgentID)
	take(&f, "name", readName, &a.Name)
	take(&f, "email", readText, &a.Email)
	take(&f, "externalId", readText, &a.ExternalID)
	a.NameKey = NameKey(a.Name)
	r.ID, r.Agent = a.AgentID, a
	return f.err
}

func readQueue(o jsonObject, r *CatalogRecord) error {
	q := &Queue{Origin: FromCatalog}
	f := fields{object: o}
	take(&f, "id", readID, &q.QueueID)
	take(&f, "name", readName, &q.Name)
	q.NameKey = NameKey(q.Name)
	r.ID, r.Queue = q.QueueID, q
	return f.err
}

func readLiveEvent(o jsonObject, r *CatalogRecord) error {
	e := &LiveEvent{}
	f := fields{object: o}
	take(&f, "id", readID, &e.LiveEventID)
	take(&f, "name", readName, &e.Name)
	take(&f, "description", readText, &e.Description)
	take(&f, "imageUrls", eachBy(readString), &e.ImageURLs)
	take(&f, "teaserUrl", readText, &e.TeaserURL)
	take(&f, "scheduledAt", readMoment, &e.ScheduledAt)
	take(&f, "startedAt", readMoment, &e.StartedAt)
	take(&f, "endedAt", readMoment, &e.EndedAt)
	currency := ""
	take(&f, "currency", readCurrency, &currency)
	e.Currency = Text(currency)
	take(&f, "timeZone", readText, &e.TimeZone)
	take(&f, "videos", eachBy(readVideo), &e.Videos)
	r.ID, r.LiveEvent = e.LiveEventID, e
	switch {
	case f.err != nil:
		return f.err
	case e.EndedAt != nil && e.StartedAt == nil:
		return within("endedAt", wrongf("needs startedAt"))
	case e.EndedAt != nil && e.EndedAt.Before(*e.StartedAt):
		return within("endedAt", wrongf("lies before startedAt"))
	case e.StartedAt != nil:
		e.At = *e.StartedAt
	case e.ScheduledAt != nil:
		e.At = *e.ScheduledAt
	}
	return nil
}

func readVideo(raw json.RawMessage) (Video, error) {
	var v Video
	o, err := readObject(raw)
	if err != nil {
		return v, err
	}
	if err := o.holds([]string{"kind", "state"}, []string{"sku", "url"}); err != nil {
		return v, err
	}
	f := fields{object: o}
	take(&f, "kind", oneOf(map[string]VideoKind{"replay": ReplayVideo, "product_sequence": ProductSequence}), &v.Kind)
	take(&f, "state", oneOf(map[string]VideoState{"processing": VideoProcessing, "ready": VideoReady}), &v.State)
	take(&f, "sku", readListed, &v.SKU)
	take(&f, "url", readText, &v.URL)
	return v, f.err
}

func readInteraction(o jsonObject, r *CatalogRecord) error {
	i := &Interaction{}
	f := fields{object: o}
	take(&f, "id", readID, &i.InteractionID)
	take(&f, "liveEventId", readID, &i.LiveEventID)
	take(&f, "type", oneOf(map[string]InteractionType{"poll": Poll, "winning_instant": WinningInstant}), &i.Type)
	take(&f, "question", readText, &i.Question)
	take(&f, "options", eachBy(readID), &i.Options)
	r.ID, r.Interaction = i.InteractionID, i
	return f.err
}

func readWorkflow(o jsonObject, r *CatalogRecord) error {
	w := &Workflow{}
	f := fields{object: o}
	take(&f, "id", readID, &w.WorkflowID)
	take(&f, "name", readName, &w.Name)
	take(&f, "type", oneOf(map[string]WorkflowType{
		"page_navigation": PageNavigation, "interaction": InteractionWorkflow, "voice_video": VoiceVideo,
		"chat": ChatWorkflow, "user_generated": UserGenerated}), &w.Type)
	w.NameKey = NameKey(w.Name)
	r.ID, r.Workflow = w.WorkflowID, w
	return f.err
}
