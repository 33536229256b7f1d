package repository

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"cartograph/analytics"
)

// foldModerations derives what stands about messages and viewers from everything
// that was decided about them, and copies it to the messages.
func (d *derivation) foldModerations(ctx context.Context, subjects []string) error {
	for len(subjects) > 0 {
		before, err := d.r.moderations(ctx, d.reach, subjects)
		if err != nil {
			return err
		}
		marks, err := d.eventsBySubject(ctx, subjects)
		if err != nil {
			return err
		}
		wiped, err := d.wipedOfMarks(ctx, marks)
		if err != nil {
			return err
		}
		var swaps []swap
		var folded []*analytics.Moderation
		for _, subject := range subjects {
			of := marks[subject]
			if len(of) == 0 {
				continue
			}
			m := analytics.FoldModeration(d.reach.Org, of, wiped[of[0].About])
			if known := before[subject]; known != nil {
				m.Version = known.Version
			}
			m.Version++
			folded = append(folded, m)
			swaps = append(swaps, swap{m.Key, m.Version - 1, m})
		}
		lost, err := d.r.swapAll(ctx, collModerations, d.reach.Org, swaps)
		if err != nil {
			return wrap(err, "write moderations")
		}
		// A broadcast that was reset since it was looked up: its reset may not know
		// of what is decided here.
		wipedNow, err := d.wipedOfMarks(ctx, marks)
		if err != nil {
			return err
		}
		subjects = subjects[:0:0]
		for i, m := range folded {
			about := analytics.LiveEventSubject(m.LiveEventID)
			if slices.Contains(lost, i) || len(wiped[about]) != len(wipedNow[about]) {
				subjects = append(subjects, m.Subject)
				folded[i] = nil
			}
		}
		if err := d.copyToChat(ctx, folded); err != nil {
			return err
		}
	}
	return nil
}

// wipedOfMarks returns the spans that were wiped of the live events that marks are
// about, by the live events' subjects.
func (d *derivation) wipedOfMarks(ctx context.Context, marks map[string][]*analytics.Event) (map[string][]analytics.Period, error) {
	ids := map[string]bool{}
	for _, of := range marks {
		id, _ := analytics.SubjectID("live_event", of[0].About)
		ids[id] = true
	}
	liveEvents, err := d.r.wipedOf(ctx, d.reach, sortedKeys(ids))
	wiped := make(map[string][]analytics.Period, len(liveEvents))
	for id, e := range liveEvents {
		wiped[analytics.LiveEventSubject(id)] = e.Wiped
	}
	return wiped, err
}

// moderations returns what stands about messages and viewers, by subject; one
// that nothing was decided about has no entry.
func (r *Repository) moderations(ctx context.Context, reach analytics.Reach, subjects []string) (map[string]*analytics.Moderation, error) {
	return findByID(ctx, r, collModerations, reach, within(reach), subjects, func(m *analytics.Moderation) string { return m.Subject })
}

// copyToChat writes what stands about messages and viewers to the messages, as
// far as those know of no later version. Places without a moderation are passed
// over.
func (d *derivation) copyToChat(ctx context.Context, moderations []*analytics.Moderation) error {
	moderations = slices.DeleteFunc(moderations, func(m *analytics.Moderation) bool { return m == nil })
	slices.SortFunc(moderations, func(a, b *analytics.Moderation) int { return strings.Compare(a.Key, b.Key) })
	var models []mongo.WriteModel
	told := map[string]bool{}
	for _, m := range moderations {
		models = append(models, copyOf(d.reach, m))
		told[analytics.ChatTopic(d.reach.Org, analytics.LiveEventSubject(m.LiveEventID))] = true
	}
	if _, err := d.r.write(ctx, collMessages, models); err != nil {
		return wrap(err, "write moderation to the chat")
	}
	for _, topic := range sortedKeys(told) {
		d.r.announce(topic, 0)
	}
	return nil
}

func copyOf(reach analytics.Reach, m *analytics.Moderation) mongo.WriteModel {
	if m.NativeMessageID != "" {
		c := conditions{}.and("_id", reach.Key(string(m.NativeMessageID))).and("org", reach.Org).before("decided", m.Version)
		set := bson.D{{Key: "deleted", Value: m.Deleted()}, {Key: "displayed", Value: m.Displayed}, {Key: "decided", Value: m.Version}}
		return mongo.NewUpdateOneModel().SetFilter(c.filter()).SetUpdate(withMoment(set, "deletedAt", m.DeletedAt))
	}
	c := within(reach).and("subject", analytics.LiveEventSubject(m.LiveEventID)).and("client", string(m.VisitorID)).
		and("author", string(analytics.ByViewer)).before("banDecided", m.Version)
	set := bson.D{{Key: "banned", Value: m.Banned()}, {Key: "banDecided", Value: m.Version}}
	return mongo.NewUpdateManyModel().SetFilter(c.filter()).SetUpdate(withMoment(set, "bannedAt", m.BannedAt))
}

// withMoment returns the update that sets fields, and a moment too; it takes that
// away for nil.
func withMoment(set bson.D, field string, at *time.Time) bson.D {
	if at == nil {
		return bson.D{{Key: "$set", Value: set}, {Key: "$unset", Value: bson.D{{Key: field, Value: ""}}}}
	}
	return bson.D{{Key: "$set", Value: append(set, bson.E{Key: field, Value: *at})}}
}

// before adds that a document holds a version older than the given one, or none
// yet.
func (c conditions) before(field string, version int64) conditions {
	return c.either(
		bson.D{{Key: field, Value: bson.D{{Key: "$lt", Value: version}}}},
		bson.D{{Key: field, Value: bson.D{{Key: "$exists", Value: false}}}})
}

// moderate sets on messages that are not written yet what stands about them and
// their authors.
func (d *derivation) moderate(ctx context.Context, messages []*analytics.ChatMessage) error {
	moderations, err := d.moderationsOf(ctx, messages)
	if err != nil {
		return err
	}
	for _, message := range messages {
		for _, subject := range message.ModerationSubjects() {
			if m := moderations[subject]; m != nil {
				m.ApplyTo(message)
			}
		}
	}
	return nil
}

// moderateStored writes to messages that are stored by now what stands about them
// and their authors.
func (d *derivation) moderateStored(ctx context.Context, messages []*analytics.ChatMessage) error {
	moderations, err := d.moderationsOf(ctx, messages)
	if err != nil {
		return err
	}
	return d.copyToChat(ctx, slices.Collect(maps.Values(moderations)))
}

func (d *derivation) moderationsOf(ctx context.Context, messages []*analytics.ChatMessage) (map[string]*analytics.Moderation, error) {
	subjects := map[string]bool{}
	for _, message := range messages {
		for _, subject := range message.ModerationSubjects() {
			subjects[subject] = true
		}
	}
	if len(subjects) == 0 {
		return nil, nil
	}
	return d.r.moderations(ctx, d.reach, sortedKeys(subjects))
}
