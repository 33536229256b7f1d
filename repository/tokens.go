package repository

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
	"cartograph/auth"
)

var _ auth.Store = (*Repository)(nil)

// CreateToken stores a token. From then on the store is no open demo any more,
// also if the token should be removed: that is written first, so that no token
// ever stands beside an open store. It fails with LimitExceeded where the
// organization has MaxTokens.
func (r *Repository) CreateToken(ctx context.Context, t auth.Token) error {
	n, err := r.coll(collTokens).CountDocuments(ctx, listedTokens(t.Org))
	switch {
	case err != nil:
		return wrap(err, "count tokens of the organization")
	case n >= MaxTokens:
		return analytics.Errorf(analytics.LimitExceeded, "the organization has %d tokens already: revoke one first", n)
	}
	if err := r.CloseDemo(ctx); err != nil {
		return err
	}
	_, err = r.coll(collTokens).InsertOne(ctx, t)
	return wrap(err, "insert token")
}

// CreateShopperToken creates a token for the shopper's page of a call, and
// returns it with its secret. Beside an open demo it opens nothing that is not
// open, so the demo stays open. It fails with NotFound for a call that is not
// there or out of reach.
func (r *Repository) CreateShopperToken(ctx context.Context, reach analytics.Reach, callID string, now time.Time) (auth.Token, string, error) {
	calls, err := r.CallsByID(ctx, reach, []string{callID})
	if err != nil {
		return auth.Token{}, "", err
	}
	if calls[callID] == nil {
		return auth.Token{}, "", analytics.Errorf(analytics.NotFound, "no such call")
	}
	token, secret, err := auth.NewShopperToken(reach.Org, callID, now)
	if err != nil {
		return auth.Token{}, "", err
	}
	_, err = r.coll(collTokens).InsertOne(ctx, token)
	return token, secret, wrap(err, "insert token of a shopper")
}

// TokenByHash returns the token with the given hash. It fails with NotFound if
// there is none.
func (r *Repository) TokenByHash(ctx context.Context, hash string) (*auth.Token, error) {
	token := new(auth.Token)
	err := r.coll(collTokens).FindOne(ctx, bson.D{{Key: "_id", Value: hash}}).Decode(token)
	if err != nil {
		return nil, wrap(err, "find token")
	}
	return token, nil
}

// HasToken reports whether a token was made that reads the organization. That of
// a shopper's page does not: it reads one cart, and stands beside an open demo.
// The public key of a page reads nothing.
func (r *Repository) HasToken(ctx context.Context, org string) (bool, error) {
	filter := bson.D{{Key: "org", Value: org}, {Key: "call", Value: bson.D{{Key: "$exists", Value: false}}}, {Key: "origins", Value: bson.D{{Key: "$exists", Value: false}}}}
	err := r.coll(collTokens).FindOne(ctx, filter).Err()
	if errors.Is(err, mongo.ErrNoDocuments) {
		return false, nil
	}
	return err == nil, wrap(err, "find a token of the organization")
}

// TouchToken notes that a token was used now, unless that was noted after since.
func (r *Repository) TouchToken(ctx context.Context, hash string, since, now time.Time) error {
	unnoted := bson.A{bson.D{{Key: "lastUsed", Value: bson.D{{Key: "$exists", Value: false}}}}, bson.D{{Key: "lastUsed", Value: bson.D{{Key: "$lt", Value: since}}}}}
	filter := bson.D{{Key: "_id", Value: hash}, {Key: "$or", Value: unnoted}}
	_, err := r.coll(collTokens).UpdateOne(ctx, filter, bson.D{{Key: "$set", Value: bson.D{{Key: "lastUsed", Value: now.UTC().Truncate(time.Minute)}}}})
	return wrap(err, "note the use of a token")
}

// MaxTokens bounds how many tokens an organization has, but those of shoppers'
// pages, so that one list shows all of them.
const MaxTokens = 1000

// listedTokens are the tokens of an organization but those of shoppers' pages:
// those come and go with calls.
func listedTokens(org string) bson.D {
	return bson.D{{Key: "org", Value: org}, {Key: "call", Value: bson.D{{Key: "$exists", Value: false}}}}
}

// Tokens returns the tokens of an organization, the first created first, but
// those of shoppers' pages.
func (r *Repository) Tokens(ctx context.Context, org string) ([]*auth.Token, error) {
	order := options.Find().SetSort(bson.D{{Key: "createdAt", Value: 1}, {Key: "_id", Value: 1}}).SetLimit(MaxTokens)
	cursor, err := r.coll(collTokens).Find(ctx, listedTokens(org), order)
	if err != nil {
		return nil, wrap(err, "find tokens")
	}
	tokens := []*auth.Token{}
	return tokens, wrap(cursor.All(ctx, &tokens), "read tokens")
}

// RevokeToken removes a token by its ID: from then on nobody gets in by it. It
// fails with NotFound where the organization has none of the ID.
func (r *Repository) RevokeToken(ctx context.Context, org, id string) error {
	if !auth.ValidTokenID(id) {
		return analytics.Errorf(analytics.NotFound, "no such token")
	}
	beginning := bson.D{{Key: "$gte", Value: id}, {Key: "$lt", Value: id + "g"}} // hashes are hexadecimal
	result, err := r.coll(collTokens).DeleteOne(ctx, bson.D{{Key: "org", Value: org}, {Key: "_id", Value: beginning}})
	if err != nil {
		return wrap(err, "delete token")
	}
	if result.DeletedCount == 0 {
		return analytics.Errorf(analytics.NotFound, "no such token")
	}
	return nil
}

// keepTokens is how long a token is listed after it expired, for whoever wonders
// why it opens nothing any more.
const keepTokens = 24 * time.Hour

// DeleteExpiredTokens deletes the tokens of all organizations that expired long
// enough ago.
func (r *Repository) DeleteExpiredTokens(ctx context.Context, now time.Time) error {
	_, err := r.coll(collTokens).DeleteMany(ctx, bson.D{{Key: "expiresAt", Value: bson.D{{Key: "$lte", Value: now.Add(-keepTokens)}}}})
	return wrap(err, "delete expired tokens")
}
