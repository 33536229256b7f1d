package embedded

import (
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

func (r *request) find() operation {
	ns, q := r.namespace(), r.query("filter", "sort", "skip", "limit")
	shape := r.projection("projection")
	batch, single := r.natural("batchSize", defaultBatch), r.flag("singleBatch", false)
	r.take("allowDiskUse") // sorting never goes to the disk

	return operation{ns, &q, func(dst []byte) ([]byte, error) {
		return r.firstBatch(dst, &cursor{ns: ns, next: r.view.colls[ns].scan(q), shape: shape}, batch, single)
	}}
}

func (r *request) getMore() operation {
	id, _ := r.typed("getMore", bsoncore.TypeInt64).Int64OK()
	ns, batch := r.db+"."+r.text("collection"), r.natural("batchSize", 0)
	if batch == 0 {
		batch = -1 // all
	}

	return operation{run: func(dst []byte) ([]byte, error) {
		c := r.cursors.take(id, ns)
		if c == nil {
			return nil, refuse(codeCursorNotFound, "cursor id %d not found", id)
		}
		return r.appendCursor(dst, c, id, "nextBatch", batch, false)
	}}
}

func (r *request) killCursors() operation {
	r.required("killCursors", "cursors")
	ns, ids := r.db+"."+r.text("killCursors"), r.typed("cursors", bsoncore.TypeArray)

	return operation{run: func(dst []byte) ([]byte, error) {
		var killed, unknown []value
		for _, v := range elements(ids.Data) {
			if id, ok := v.Int64OK(); ok && r.cursors.take(id, ns) != nil {
				killed = append(killed, v)
				continue
			}
			unknown = append(unknown, v)
		}
		return appendFields(dst, "cursorsKilled", killed, "cursorsNotFound", unknown, "cursorsAlive", []value{}, "cursorsUnknown", []value{}), nil
	}}
}

func (r *request) count() operation {
	ns, q := r.namespace(), r.query("query", "", "skip", "limit")

	return operation{ns, &q, func(dst []byte) ([]byte, error) {
		n, err := r.view.colls[ns].countMatching(q)
		return appendFields(dst, "n", int(n)), err
	}}
}

// distinct returns the different values of a field, an array counting as its elements.
func (r *request) distinct() operation {
	ns, q := r.namespace(), r.query("query", "", "", "")
	r.required("key")
	path, err := splitPath(r.text("key"))
	if err != nil {
		r.failed(err)
	}

	return operation{ns, &q, func(dst []byte) ([]byte, error) {
		found := valueSet{keys: map[string]bool{}}
		err := r.view.colls[ns].scan(q).each(func(rec record) {
			visit(docValue(rec.raw), path, func(v value, _ bool) bool {
				list := []value{v}
				if v.Type == bsoncore.TypeArray {
					list = elements(v.Data)
				}
				for _, e := range list {
					found.add(e)
				}
				return false
			})
		})
		return appendFields(dst, "values", found.list), err
	}}
}

// valueSet gathers values that differ, in the order in which they come. Of equal numbers the first one stays.
type valueSet struct {
	list []value
	keys map[string]bool
	key  []byte
}

func (s *valueSet) add(v value) {
	s.key = appendKey(s.key[:0], v)
	if isMissing(v) || s.keys[string(s.key)] {
		return
	}
	s.keys[string(s.key)] = true
	s.list = append(s.list, v)
}

func (r *request) aggregate() operation {
	ns, batch := r.namespace(), r.cursorOptions()
	if !r.explained {
		r.required("cursor")
	}
	r.take("allowDiskUse")
	p, err := parsePipeline(r.documents("pipeline"), r.deadline)
	if err != nil {
		r.failed(err)
	}

	return operation{ns, &p.query, func(dst []byte) ([]byte, error) {
		return r.firstBatch(dst, &cursor{ns: ns, next: p.open(r.view.colls[ns])}, batch, false)
	}}
}
