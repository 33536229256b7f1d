package embedded

import "slices"

// explain tells how a command looks for documents: under queryPlanner.winningPlan the stages down to IXSCAN, with the index,
// or to COLLSCAN. Of a write it explains the search alone. Nothing is run: that is what verbosity "queryPlanner" asks for,
// and no other is known.
func (r *request) explain() operation {
	inner := &request{Server: r.Server, args: parseArgs(r.document("explain"), nil), view: r.view, explained: true}
	inner.db = r.db
	op, err := inner.prepare()
	if err != nil {
		r.failed(err)
	} else if op.query == nil {
		r.fail(codeCommandNotFound, "Explain failed due to unknown command: %s", inner.command)
	}
	if verbosity := r.text("verbosity"); !slices.Contains([]string{"", "queryPlanner"}, verbosity) {
		r.fail(codeBadValue, "verbosity '%s' is not supported", verbosity)
	}

	return operation{run: func(dst []byte) ([]byte, error) {
		stage := document("stage", "EOF")
		if c := r.view.colls[op.ns]; c != nil {
			stage = c.choosePlan(op.query.filter, op.query.sort, op.query.limit).describe()
		}
		return appendFields(dst, "queryPlanner", document("namespace", op.ns, "winningPlan", stage, "rejectedPlans", []value{})), nil
	}}
}

// describe returns the stages of the plan, the outermost first.
func (p *plan) describe() []byte {
	stage := document("stage", "COLLSCAN")
	if !p.collscan {
		direction := map[bool]string{false: "forward", true: "backward"}[p.reverse]
		stage = document("stage", "IXSCAN", "indexName", p.ix.name, "keyPattern", p.ix.keyPattern(), "direction", direction)
	}
	if p.merge {
		stage = document("stage", "SORT_MERGE", "inputStage", stage)
	}
	if !p.sorted {
		stage = document("stage", "SORT", "inputStage", stage)
	}

	return stage
}
