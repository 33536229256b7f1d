package repository

import (
	"context"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
	"golang.org/x/sync/errgroup"

	"cartograph/analytics"
)

// Parent is one of many objects whose children are read together: an agent of
// which the calls are asked, a product, a call of which the chat is asked.
// A child belongs to a parent if its parent field has one of Values, or if it
// is a list, holds one of them; a child may so belong to several parents.
type Parent struct {
	ID     string   // what the answer is filed under
	Values []string // the ID alone if empty
}

func (p Parent) values() []string {
	if len(p.Values) == 0 {
		return []string{p.ID}
	}
	return p.Values
}

// parentsOf returns parents that have nothing but an id.
func parentsOf(ids []string) []Parent {
	parents := make([]Parent, len(ids))
	for i, id := range ids {
		parents[i] = Parent{ID: id}
	}
	return parents
}

const (
	// maxSharedRounds bounds the finds that read the children of all parents
	// together. Every round that ends at its limit completes a parent at least,
	// and usually most of them; what four rounds have not completed are parents
	// that lie far behind the others, and they are read one by one.
	maxSharedRounds = 4
	// spareRows is what a round reads per parent beyond twice the page: with
	// small pages the limit would be reached by one parent with many children.
	spareRows = 8
	// parallelFinds bounds the finds that are sent at once for single parents.
	parallelFinds = 8
)

// listByParent returns a page of each parent's children, by the parents' ids.
// The paging arguments hold for each of them.
//
// The children of all parents are read in one find, in their common order, with
// a limit of a good two pages per parent: one command as long as they are spread
// about evenly. What the limit cut off is read from there on for those parents
// whose page is not full, with a doubled limit: so the number of commands does
// not grow with the number of parents.
func listByParent[T any](ctx context.Context, r *Repository, collection string, reach analytics.Reach, c conditions, order listOrder[T], parentField string, parents []Parent, page analytics.PageArgs) (map[string]*analytics.Connection[T], error) {
	whole, err := windowOf(order, page)
	if err != nil {
		return nil, err
	}
	w := whole // what is left of it to read
	ctx, cancel := r.bounded(ctx)
	defer cancel()
	families := newFamilies[T](parents, w.size+1)
	waiting := families.all
	for round := 0; len(waiting) > 0 && round < maxSharedRounds; round++ {
		limit := (2*(w.size+1) + spareRows) * len(waiting) << round
		next := w.within(reach, c.in(parentField, valuesOf(waiting)))
		read, last, err := readFamilies(ctx, r, collection, next.filter(), w, families, parentField, limit)
		if err != nil {
			return nil, wrap(err, "list %s by %s", collection, parentField)
		}
		if read < limit {
			waiting = nil
			break
		}
		waiting = families.incomplete()
		w = w.from(last)
	}
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(parallelFinds)
	for _, f := range waiting {
		group.Go(func() error {
			missing := f.size - len(f.rows)
			rest := w.within(reach, c.in(parentField, f.parent.values()))
			rows, err := find[T](groupCtx, r.coll(collection), rest.filter(),
				options.Find().SetSort(w.sort()).SetLimit(int64(missing)).SetBatchSize(oneBatch(missing)))
			f.rows = append(f.rows, rows...)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, wrap(err, "list %s by %s", collection, parentField)
	}
	pages := make(map[string]*analytics.Connection[T], len(parents))
	for _, f := range families.all {
		pages[f.parent.ID] = whole.connection(f.rows)
	}
	return pages, nil
}

// from returns the window without what was read up to a position.
func (w window[T]) from(at position) window[T] {
	if w.last {
		w.before = &at
		return w
	}
	w.after = &at
	return w
}

// readFamilies hands the documents that a filter finds to the families they
// belong to. It returns how many it read and where the last one stands.
// Documents that no family needs are not decoded.
func readFamilies[T any](ctx context.Context, r *Repository, collection string, filter bson.D, w window[T], families *families[T], parentField string, limit int) (read int, last position, err error) {
	cursor, err := r.coll(collection).Find(ctx, filter,
		options.Find().SetSort(w.sort()).SetLimit(int64(limit)).SetBatchSize(oneBatch(limit)))
	if err != nil {
		return 0, position{}, err
	}
	defer cursor.Close(ctx)
	for cursor.Next(ctx) {
		read++
		needing := families.needing(cursor.Current.Lookup(parentField))
		if len(needing) == 0 && read < limit {
			continue
		}
		item := new(T)
		if err := decode(cursor.Current, item); err != nil {
			return 0, position{}, err
		}
		for _, f := range needing {
			f.rows = append(f.rows, item)
		}
		last = w.order.position(item)
	}
	return read, last, cursor.Err()
}

// families are parents with the children that were read for them.
type families[T any] struct {
	all   []*family[T]
	found []*family[T] // room for those of one child

	byValue map[string][]*family[T] // made by index, once
}

type family[T any] struct {
	parent Parent
	size   int // how many children there are to read: a page and one more
	rows   []*T
}

// newFamilies returns a family for each parent; of parents with one id the first
// stands.
func newFamilies[T any](parents []Parent, size int) *families[T] {
	known := make(map[string]bool, len(parents))
	room := make([]family[T], 0, len(parents))
	all := &families[T]{all: make([]*family[T], 0, len(parents))}
	for _, parent := range parents {
		if known[parent.ID] {
			continue
		}
		known[parent.ID] = true
		room = append(room, family[T]{parent: parent, size: size})
		all.all = append(all.all, &room[len(room)-1])
	}
	return all
}

// index returns the families by the values of their parents.
func (s *families[T]) index() map[string][]*family[T] {
	if s.byValue == nil {
		s.byValue = make(map[string][]*family[T], len(s.all))
		for _, f := range s.all {
			for _, value := range f.parent.values() {
				s.byValue[value] = append(s.byValue[value], f)
			}
		}
	}
	return s.byValue
}

// of returns the families that a child with the given parent values belongs to,
// each once, valid until the next call.
func (s *families[T]) of(values []string) []*family[T] {
	s.found = s.found[:0]
	byValue := s.index()
	for _, value := range values {
		s.add(byValue[value])
	}
	return s.found
}

// ofStored is of for a parent field as it is stored: a text or a list of them. It
// copies none: of a hundred children few may be needed.
func (s *families[T]) ofStored(field bson.RawValue) []*family[T] {
	s.found = s.found[:0]
	byValue := s.index()
	value := bsoncore.Value{Type: bsoncore.Type(field.Type), Data: field.Value}
	if text, ok := bytesOf(value); ok {
		s.add(byValue[string(text)])
	} else if value.Type == bsoncore.TypeArray {
		_ = eachElement(value.Data, func(_ []byte, element bsoncore.Value) bool {
			if text, ok := bytesOf(element); ok {
				s.add(byValue[string(text)])
			}
			return true
		})
	}
	return s.found
}

func (s *families[T]) add(others []*family[T]) {
	for _, f := range others {
		if !slices.Contains(s.found, f) {
			s.found = append(s.found, f)
		}
	}
}

// needing returns those of a child's families that have not enough children yet,
// valid until the next call.
func (s *families[T]) needing(field bson.RawValue) []*family[T] {
	return slices.DeleteFunc(s.ofStored(field), func(f *family[T]) bool { return len(f.rows) >= f.size })
}

// incomplete returns the families that have not enough children yet.
func (s *families[T]) incomplete() []*family[T] {
	var found []*family[T]
	for _, f := range s.all {
		if len(f.rows) < f.size {
			found = append(found, f)
		}
	}
	return found
}

// valuesOf returns all values of the families' parents.
func valuesOf[T any](list []*family[T]) []string {
	values := make([]string, 0, len(list))
	for _, f := range list {
		values = append(values, f.parent.values()...)
	}
	return values
}

// countByParent returns how many children each parent has, by the parents' ids,
// in one command.
//
// The documents are counted by the whole value of the parent field. Where that
// is a list, a document counts once for a parent, however many of the parent's
// values the list holds.
func countByParent(ctx context.Context, r *Repository, collection string, c conditions, parentField string, parents []Parent) (map[string]int, error) {
	ctx, cancel := r.bounded(ctx)
	defer cancel()
	families := newFamilies[struct{}](parents, 0)
	pipeline := []bson.D{
		{{Key: "$match", Value: c.in(parentField, valuesOf(families.all)).filter()}},
		{{Key: "$group", Value: bson.D{
			{Key: "_id", Value: "$" + parentField},
			{Key: "n", Value: bson.D{{Key: "$sum", Value: 1}}},
		}}},
	}
	cursor, err := r.coll(collection).Aggregate(ctx, pipeline, options.Aggregate().SetBatchSize(groupBatch))
	if err != nil {
		return nil, wrap(err, "count %s by %s", collection, parentField)
	}
	defer cursor.Close(ctx)
	counts := make(map[string]int, len(parents))
	for _, parent := range parents {
		counts[parent.ID] = 0
	}
	for cursor.Next(ctx) {
		n, _ := cursor.Current.Lookup("n").AsInt64OK()
		for _, f := range families.ofStored(cursor.Current.Lookup("_id")) {
			counts[f.parent.ID] += int(n)
		}
	}
	return counts, wrap(cursor.Err(), "count %s by %s", collection, parentField)
}

// groupBatch is the batch size of aggregations that group: small rows, all of
// them in one answer unless they are very many.
const groupBatch = 100_000
