package repository

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
)

// CreateExport stores an export that somebody asked for, with their reach.
func (r *Repository) CreateExport(ctx context.Context, reach analytics.Reach, e *analytics.Export) error {
	e.Org, e.Agent, e.Moderator, e.Key = reach.Org, reach.Agent, reach.Moderator, reach.Key(e.ExportID)
	_, err := r.coll(collExports).InsertOne(ctx, e)
	return wrap(err, "insert export")
}

// ExportsByID returns the exports with the given native ids, by native id; an id
// without an export in reach has no entry. A reach that is limited to an agent
// has those that were asked for with it.
func (r *Repository) ExportsByID(ctx context.Context, reach analytics.Reach, ids []string) (map[string]*analytics.Export, error) {
	c := within(reach)
	if reach.Agent != "" {
		c = c.and("agent", reach.Agent)
	}
	return findByID(ctx, r, collExports, reach, c, ids, func(e *analytics.Export) string { return e.ExportID })
}

// BeginDownload returns the export whose link has a secret of the given hash, with
// the number of the download that begins with it. It fails with NotFound where
// there is none, or its link may not be opened any more.
func (r *Repository) BeginDownload(ctx context.Context, tokenHash string, now time.Time) (*analytics.Export, error) {
	filter := bson.D{{Key: "token", Value: tokenHash}, {Key: "expiresAt", Value: bson.D{{Key: "$gt", Value: now}}}}
	update := bson.D{
		{Key: "$inc", Value: bson.D{{Key: "download", Value: 1}}},
		{Key: "$set", Value: bson.D{{Key: "state", Value: analytics.ExportRunning}, {Key: "rows", Value: int64(0)}, {Key: "bytes", Value: int64(0)}, {Key: "updatedAt", Value: now}}},
		{Key: "$unset", Value: bson.D{{Key: "failure", Value: ""}}},
	}
	e := new(analytics.Export)
	err := r.coll(collExports).FindOneAndUpdate(ctx, filter, update, options.FindOneAndUpdate().SetReturnDocument(options.After)).Decode(e)
	if err != nil {
		return nil, wrap(err, "begin download")
	}
	r.announce(analytics.ExportTopic(e.Org, e.ExportID), 0)
	return e, nil
}

// ReportExport stores how far a download is. It changes nothing once a later
// download began.
func (r *Repository) ReportExport(ctx context.Context, e *analytics.Export) error {
	filter := bson.D{{Key: "_id", Value: e.Key}, {Key: "org", Value: e.Org}, {Key: "download", Value: e.Download}}
	set := bson.D{{Key: "state", Value: e.State}, {Key: "rows", Value: e.Rows}, {Key: "bytes", Value: e.Bytes}, {Key: "updatedAt", Value: e.UpdatedAt}}
	if e.TotalRows != nil {
		set = append(set, bson.E{Key: "total", Value: *e.TotalRows})
	}
	if e.FailureCode != "" {
		set = append(set, bson.E{Key: "failure", Value: e.FailureCode})
	}
	if _, err := r.coll(collExports).UpdateOne(ctx, filter, bson.D{{Key: "$set", Value: set}}); err != nil {
		return wrap(err, "report export %s", e.ExportID)
	}
	r.announce(analytics.ExportTopic(e.Org, e.ExportID), 0)
	return nil
}

// keepExports is how long an export can be looked up after its link ended.
const keepExports = 24 * time.Hour

// DeleteOldExports deletes the exports of all organizations whose links ended long
// enough ago.
func (r *Repository) DeleteOldExports(ctx context.Context, now time.Time) error {
	_, err := r.coll(collExports).DeleteMany(ctx, bson.D{{Key: "expiresAt", Value: bson.D{{Key: "$lte", Value: now.Add(-keepExports)}}}})
	return wrap(err, "delete old exports")
}
