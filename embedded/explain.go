package embedded

import (
	"fmt"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// explained is what a command would do: read a namespace by a query.
type explained struct {
	ns       string
	query    query
	counting bool
	distinct bool
}

// explain tells how a command reads: under queryPlanner.winningPlan the stages down to IXSCAN or COLLSCAN, with the index,
// and but for verbosity "queryPlanner" the keys and documents looked at. Of a write it explains the search alone.
func (r *request) explain(dst []byte) ([]byte, error) {
	inner := r.document("explain")
	verbosity := r.text("verbosity")
	if err := r.done(); err != nil {
		return nil, err
	}
	e, err := r.parseExplained(inner)
	if err != nil {
		return nil, err
	}

	c := r.view.colls[e.ns]
	p := &plan{}
	if c != nil {
		p = c.choosePlan(e.query.filter, e.query.sort, e.query.limit)
	}
	dst = bsoncore.AppendHeader(dst, bsoncore.TypeEmbeddedDocument, "queryPlanner")
	dst, start := startDoc(dst)
	dst = bsoncore.AppendStringElement(dst, "namespace", e.ns)
	dst = bsoncore.AppendDocumentElement(dst, "winningPlan", e.describe(c, p))
	dst = bsoncore.AppendArrayElement(dst, "rejectedPlans", emptyDoc)
	dst = endDoc(dst, start)
	if verbosity == "queryPlanner" {
		return dst, nil
	}

	return e.appendStats(dst, c)
}

// parseExplained reads the command to explain, as strictly as if it were run.
func (r *request) parseExplained(doc []byte) (e explained, err error) {
	in := *r
	in.args = parseArgs(doc, nil)
	if in.args.err != nil {
		return e, in.args.err
	}
	in.args.db = r.db
	switch in.command {
	case "find":
		f, err := in.parseFind()
		return explained{ns: f.ns, query: f.query}, err
	case "count":
		e.counting = true
		e.ns, e.query, err = in.parseCount()
	case "distinct":
		e.ns, _, e.query, err = in.parseDistinct()
	case "aggregate":
		g, err := in.parseAggregate(true)
		if err != nil {
			return e, err
		}
		return explained{ns: g.ns, query: g.pipeline.query}, nil
	case "findAndModify", "findandmodify":
		f, err := in.parseFindAndModify()
		return explained{ns: f.ns, query: f.update.query}, err
	case "update", "delete":
		ns, docs, _, err := in.statements(in.command + "s")
		if err != nil {
			return e, err
		}
		if len(docs) != 1 {
			return e, refuse(codeInvalidOptions, "explain takes one statement")
		}
		e.ns = ns
		if in.command == "delete" {
			e.query, err = in.parseDelete(docs[0])
			return e, err
		}
		u, err := in.parseUpdate(docs[0])
		e.query = u.query
		return e, err
	default:
		return e, refuse(codeCommandNotFound, "Explain failed due to unknown command: %s", in.command)
	}

	return e, err
}

// describe returns the stages of the plan, the outermost first.
func (e *explained) describe(c *collection, p *plan) []byte {
	if c == nil {
		return stageDocument("EOF", nil)
	}

	doc := stageDocument("COLLSCAN", nil, bsoncore.AppendStringElement(nil, "direction", "forward"))
	if !p.collscan {
		doc = stageDocument("IXSCAN", nil,
			bsoncore.AppendDocumentElement(nil, "keyPattern", p.ix.keyPattern()),
			bsoncore.AppendStringElement(nil, "indexName", p.ix.name),
			bsoncore.AppendBooleanElement(nil, "isMultiKey", p.ix.multi != 0),
			bsoncore.AppendBooleanElement(nil, "isUnique", p.ix.unique),
			bsoncore.AppendStringElement(nil, "direction", map[bool]string{false: "forward", true: "backward"}[p.reverse]),
			bsoncore.AppendStringElement(nil, "indexBounds", p.bounds()))
		if p.merge {
			doc = stageDocument("SORT_MERGE", doc)
		}
		if !e.counting || !p.exact {
			doc = stageDocument("FETCH", doc)
		}
	}
	if e.counting {
		return stageDocument("COUNT", doc)
	}
	if !p.sorted {
		doc = stageDocument("SORT", doc)
	}
	if e.query.limit > 0 {
		doc = stageDocument("LIMIT", doc, bsoncore.AppendInt64Element(nil, "limitAmount", e.query.limit))
	}

	return doc
}

func stageDocument(name string, input []byte, fields ...[]byte) []byte {
	all := append([][]byte{bsoncore.AppendStringElement(nil, "stage", name)}, fields...)
	if input != nil {
		all = append(all, bsoncore.AppendDocumentElement(nil, "inputStage", input))
	}

	return bsoncore.BuildDocument(nil, all...)
}

// bounds sums up how the plan binds the index's fields.
func (p *plan) bounds() string {
	var parts []string
	for i, f := range p.ix.pattern {
		how := "any"
		switch {
		case i < p.single:
			how = "one value"
		case i < p.points:
			how = "values"
		case i == p.points && p.limited:
			how = "range"
		}
		parts = append(parts, f.path+": "+how)
	}

	return fmt.Sprintf("%s (%d ranges)", strings.Join(parts, ", "), len(p.ranges))
}

// appendStats runs the search and appends what it looked at.
func (e *explained) appendStats(dst []byte, c *collection) ([]byte, error) {
	began := time.Now()
	s := c.scan(e.query)
	returned := 0
	for {
		rec, err := s.next()
		if err != nil {
			return nil, err
		}
		if rec == nil {
			break
		}
		returned++
	}

	keys, docs := s.src.keys, s.docs
	if s.plan != nil && s.plan.collscan {
		keys = 0
	} else if e.counting && !s.match {
		docs = 0
	}
	dst = bsoncore.AppendHeader(dst, bsoncore.TypeEmbeddedDocument, "executionStats")
	dst, start := startDoc(dst)
	dst = bsoncore.AppendBooleanElement(dst, "executionSuccess", true)
	dst = bsoncore.AppendInt32Element(dst, "nReturned", int32(returned))
	dst = bsoncore.AppendInt64Element(dst, "executionTimeMillis", time.Since(began).Milliseconds())
	dst = bsoncore.AppendInt64Element(dst, "totalKeysExamined", keys)
	dst = bsoncore.AppendInt64Element(dst, "totalDocsExamined", docs)

	return endDoc(dst, start), nil
}
