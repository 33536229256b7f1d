package repository

import (
	"context"
	"maps"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"cartograph/analytics"
)

// mentions are the agents, queues and products that events name, with the name
// that an event gives besides, or "".
type mentions struct {
	agents, queues map[string]string
	products       map[string]*analytics.SeenProduct
}

func mentionsIn(events []*analytics.Event) *mentions {
	m := &mentions{agents: map[string]string{}, queues: map[string]string{}, products: map[string]*analytics.SeenProduct{}}
	for _, e := range events {
		d := &e.Data
		m.person(m.agents, d.AgentID, "")
		m.person(m.queues, d.QueueID, "")
		m.skus(d.SKU)
		for _, line := range d.Products {
			m.skus(line.SKU)
		}
		if hook := d.Webhook; hook != nil {
			m.person(m.agents, hook.AgentID, hook.AgentName)
			m.person(m.queues, hook.QueueID, hook.QueueName)
			for i := range hook.Products {
				m.product(&hook.Products[i])
			}
		}
		if e.Type == analytics.CallImported {
			m.row(d.Row)
		}
	}
	return m
}

// row notes what an imported row names.
func (m *mentions) row(cells map[string]string) {
	row, err := analytics.ParseCallRow(cells)
	if err != nil {
		return
	}
	m.person(m.agents, row.AgentID, row.AgentName)
	m.person(m.queues, row.QueueID, row.QueueName)
	for _, skus := range [][]string{row.AddedSKUs, row.CheckedOutSKUs, row.TriedOnSKUs, row.PurchasedSKUs} {
		m.skus(skus...)
	}
}

func (m *mentions) person(known map[string]string, id, name string) {
	if id != "" && known[id] == "" {
		known[id] = name
	}
}

func (m *mentions) skus(skus ...string) {
	for _, sku := range skus {
		if sku != "" && m.products[sku] == nil {
			m.products[sku] = &analytics.SeenProduct{SKU: sku}
		}
	}
}

func (m *mentions) product(p *analytics.SeenProduct) {
	if known := m.products[p.SKU]; known == nil || known.Name == "" {
		m.products[p.SKU] = p
	}
}

// placeholders makes a document for every agent, queue and product that events
// name and that has none: feeds lag behind. Its name is the one an event gives,
// else its id until the record comes.
func (r *Repository) placeholders(ctx context.Context, reach analytics.Reach, events []*analytics.Event) error {
	m := mentionsIn(events)
	agent := func(id, name string) any {
		return &analytics.Agent{Key: reach.Key(id), Org: reach.Org, AgentID: id, Name: name, NameKey: analytics.NameKey(name), Origin: analytics.Seen}
	}
	queue := func(id, name string) any {
		return &analytics.Queue{Key: reach.Key(id), Org: reach.Org, QueueID: id, Name: name, NameKey: analytics.NameKey(name), Origin: analytics.Seen}
	}
	if err := r.namedPlaceholders(ctx, collAgents, reach, m.agents, agent); err != nil {
		return err
	}
	if err := r.namedPlaceholders(ctx, collQueues, reach, m.queues, queue); err != nil {
		return err
	}
	return r.productPlaceholders(ctx, reach, m.products)
}

// knownName is a reference record by id with its name.
type knownName struct {
	ID     string           `bson:"id"`
	Name   string           `bson:"name"`
	Origin analytics.Origin `bson:"origin"`
	SKUs   []string         `bson:"skus"` // of a product
}

// unnamed reports whether the record's id still stands in for its name.
func (k *knownName) unnamed() bool { return k.Origin == analytics.Seen && k.Name == k.ID }

func (r *Repository) namedPlaceholders(ctx context.Context, collection string, reach analytics.Reach, mentioned map[string]string, placeholder func(id, name string) any) error {
	if len(mentioned) == 0 {
		return nil
	}
	ids := slices.Sorted(maps.Keys(mentioned))
	known, err := findByID(ctx, r, collection, reach, within(reach), ids, func(k *knownName) string { return k.ID })
	if err != nil {
		return err
	}
	var missing []any
	var names []mongo.WriteModel
	var changed []string
	defer func() { r.referencesChanged(collection, reach.Org, changed...) }()
	for _, id := range ids {
		name := mentioned[id]
		switch {
		case known[id] == nil && name == "":
			missing = append(missing, placeholder(id, id))
		case known[id] == nil:
			missing = append(missing, placeholder(id, name))
		case name != "" && name != id && known[id].unnamed():
			names = append(names, nameSeen(reach, id, bson.D{{Key: "name", Value: name}, {Key: "nameKey", Value: analytics.NameKey(name)}}))
		default:
			continue
		}
		changed = append(changed, id)
	}
	if _, err := r.insertNew(ctx, collection, missing); err != nil {
		return wrap(err, "insert placeholders of %s", collection)
	}
	_, err = r.write(ctx, collection, names)
	return wrap(err, "name placeholders of %s", collection)
}

// nameSeen gives a record that its id stood in for what an event said of it.
func nameSeen(reach analytics.Reach, id string, set bson.D) mongo.WriteModel {
	filter := bson.D{{Key: "_id", Value: reach.Key(id)}, {Key: "org", Value: reach.Org},
		{Key: "origin", Value: string(analytics.Seen)}, {Key: "name", Value: id}}
	return mongo.NewUpdateOneModel().SetFilter(filter).SetUpdate(bson.D{{Key: "$set", Value: set}})
}

// productPlaceholders does the same for products; a SKU of a variation or a size
// of a known product needs none.
func (r *Repository) productPlaceholders(ctx context.Context, reach analytics.Reach, mentioned map[string]*analytics.SeenProduct) error {
	if len(mentioned) == 0 {
		return nil
	}
	skus := slices.Sorted(maps.Keys(mentioned))
	known, err := r.skusKnown(ctx, reach, skus)
	if err != nil {
		return err
	}
	var missing []any
	var inserted, changed []string
	var names []mongo.WriteModel
	defer func() { r.referencesChanged(collProducts, reach.Org, changed...) }()
	for _, sku := range skus {
		p := mentioned[sku]
		switch k := known[sku]; {
		case k == nil:
			missing = append(missing, placeholderProduct(reach, p))
			inserted = append(inserted, sku)
		case p.Name != "" && p.Name != sku && k.unnamed():
			names = append(names, nameSeen(reach, sku, fieldsOfSeen(p)))
		default:
			continue
		}
		changed = append(changed, sku)
	}
	if _, err := r.write(ctx, collProducts, names); err != nil {
		return wrap(err, "name placeholders of products")
	}
	if len(missing) == 0 {
		return nil
	}
	if _, err := r.insertNew(ctx, collProducts, missing); err != nil {
		return wrap(err, "insert placeholders of products")
	}
	return r.dropNeedless(ctx, reach, inserted)
}

// dropNeedless takes placeholders away again whose record came in between: it
// found no placeholder then.
func (r *Repository) dropNeedless(ctx context.Context, reach analytics.Reach, skus []string) error {
	known, err := r.skusKnown(ctx, reach, skus)
	if err != nil {
		return err
	}
	var needless []string
	for _, sku := range skus {
		if k := known[sku]; k != nil && k.ID != sku {
			needless = append(needless, reach.Key(sku))
		}
	}
	return r.dropPlaceholders(ctx, reach, needless)
}

// dropPlaceholders deletes those of the products that are placeholders.
func (r *Repository) dropPlaceholders(ctx context.Context, reach analytics.Reach, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	defer r.referencesChanged(collProducts, reach.Org, nativeIDs(reach, keys)...)
	_, err := r.coll(collProducts).DeleteMany(ctx, within(reach).in("_id", keys).and("origin", string(analytics.Seen)).filter())
	return wrap(err, "delete placeholders of products")
}

// skusKnown returns the products that SKUs belong to, by SKU; one of the catalog
// goes before a placeholder.
func (r *Repository) skusKnown(ctx context.Context, reach analytics.Reach, skus []string) (map[string]*knownName, error) {
	projection := bson.D{{Key: "_id", Value: 0}, {Key: "id", Value: 1}, {Key: "name", Value: 1}, {Key: "origin", Value: 1}, {Key: "skus", Value: 1}}
	found, err := find[knownName](ctx, r.coll(collProducts), within(reach).in("skus", skus).filter(), wholeResult().SetProjection(projection))
	if err != nil {
		return nil, wrap(err, "find products by SKU")
	}
	known := map[string]*knownName{}
	for _, p := range found {
		for _, sku := range p.SKUs {
			if known[sku] == nil || p.Origin == analytics.FromCatalog {
				known[sku] = p
			}
		}
	}
	return known, nil
}

func placeholderProduct(reach analytics.Reach, seen *analytics.SeenProduct) *analytics.Product {
	name := seen.Name
	if name == "" {
		name = seen.SKU
	}
	p := &analytics.Product{
		Key: reach.Key(seen.SKU), Org: reach.Org, SKU: seen.SKU, Name: name, NameKey: analytics.NameKey(name),
		BrandName: analytics.Text(seen.BrandName), URL: analytics.Text(seen.URL), Price: seen.Price,
		SKUs: []string{seen.SKU}, Origin: analytics.Seen,
	}
	if seen.ImageURL != "" {
		p.ImageURLs = []string{seen.ImageURL}
	}
	return p
}

func fieldsOfSeen(seen *analytics.SeenProduct) bson.D {
	set := bson.D{{Key: "name", Value: seen.Name}, {Key: "nameKey", Value: analytics.NameKey(seen.Name)}}
	for _, field := range []struct{ key, value string }{{"brandName", seen.BrandName}, {"url", seen.URL}} {
		if field.value != "" {
			set = append(set, bson.E{Key: field.key, Value: field.value})
		}
	}
	if seen.ImageURL != "" {
		set = append(set, bson.E{Key: "imageUrls", Value: []string{seen.ImageURL}})
	}
	if seen.Price != nil {
		set = append(set, bson.E{Key: "price", Value: seen.Price})
	}
	return set
}
