package repository_test

import (
	"context"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"

	"github.com/google/go-cmp/cmp"
)

func TestListsLeavePartsOut(t *testing.T) {
	t.Parallel()
	uri, database := repositorytest.Database(t)
	repo := repositorytest.OpenAt(t, uri, database, nil)
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Disconnect(context.Background()) })
	product := analytics.Product{
		Key: "acme/p", Org: "acme", SKU: "p", Name: "Boots", NameKey: "boots", Description: "of leather", SKUs: []string{"p", "p-40"}, Origin: analytics.FromCatalog,
		Variations: []analytics.Variation{{SKU: "p-black", Sizes: []analytics.Size{{SKU: "p-40"}}}},
	}
	memory := bson.A{bson.D{{Key: "name", Value: "m"}, {Key: "content", Value: "c"}, {Key: "version", Value: "not read, or this would be an error"}}}
	head := bson.D{
		{Key: "_id", Value: "acme/c"}, {Key: "org", Value: "acme"}, {Key: "id", Value: "c"},
		{Key: "state", Value: bson.D{{Key: "cart", Value: bson.D{{Key: "version", Value: int64(3)}}}, {Key: "memory", Value: memory}}}, {Key: "fresh", Value: memory},
	}
	for collection, document := range map[string]any{"products": product, "carts": head} {
		if _, err := client.Database(database).Collection(collection).InsertOne(t.Context(), document); err != nil {
			t.Fatal(err)
		}
	}
	reach := analytics.Reach{Org: "acme"}

	for _, without := range [][]repository.Part{nil, {repository.ProductVariations}, {repository.ProductVariations, repository.ProductDescription}} {
		want := product
		for _, part := range without {
			switch part {
			case repository.ProductVariations:
				want.Variations = nil
			case repository.ProductDescription:
				want.Description = ""
			}
		}
		page, err := repo.Products(t.Context(), reach, "", analytics.PageArgs{}, without...)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]*analytics.Product{&want}, page.Nodes()); diff != "" {
			t.Errorf("without %v (-want +got):\n%s", without, diff)
		}
	}
	carts, err := repo.CartsByCall(t.Context(), reach, []string{"c"})
	if err != nil || carts["c"] == nil || carts["c"].Cart.Version != 3 {
		t.Errorf("carts %v, %v", carts, err)
	}
}
