package resolvers

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"
)

// TestEachMetricOfAPhaseIsTheSameAlone asks for all metrics of a phase at once, and
// for each of them, and each of its fields, by itself: what is not shown is not
// read, and what is shown has to be. What it has to be is asked before anything is
// folded: then everything is read.
func TestEachMetricOfAPhaseIsTheSameAlone(t *testing.T) {
	w, _ := openEvenings(t)
	w.absorb(
		`{"id":"x1","type":"widget_viewed","at":"2026-01-28T21:01:00Z","visitorId":"fay","liveEventId":"evening","data":{"widget":"product"}}`,
		`{"id":"x2","type":"product_clicked","at":"2026-01-28T21:02:00Z","visitorId":"fay","sessionId":"s7","liveEventId":"evening","data":{"sku":"cap"}}`,
		`{"id":"x3","type":"added_to_cart","at":"2026-01-28T21:03:00Z","visitorId":"fay","sessionId":"s7","liveEventId":"evening","data":{"sku":"cap","quantity":1,"cart":{"id":"c9","amount":"20.00","currency":"EUR"}}}`,
		`{"id":"x4","type":"purchase","at":"2026-01-28T21:04:00Z","visitorId":"fay","sessionId":"s7","data":{"transactionId":"t9","amount":"25.00","currency":"EUR","products":[{"sku":"cap","price":"20.00","quantity":1},{"sku":"hat","price":"3.00","quantity":1}]}}`)
	handler := newHandler(w.repo, silent, balanced(t))
	schema := schemaOfTests()
	ofPrelive, ofLive, ofReplay := schema.Types["PreliveMetrics"], schema.Types["LiveMetrics"], schema.Types["ReplayMetrics"]
	phases := []struct {
		field string
		of    *ast.Definition
	}{
		{`prelive`, ofPrelive},
		{`prelive(period: {start: "2026-01-28T17:45:00Z", end: "2026-01-28T20:00:00Z"})`, ofPrelive},
		{`live`, ofLive},
		{`replay`, ofReplay},
		{`replay(period: {start: "2026-01-28T20:30:00Z", end: "2026-02-28T20:30:00Z"})`, ofReplay},
	}
	metrics := func(field, selection string) map[string]any {
		t.Helper()
		query := fmt.Sprintf(`{ liveEvent(id: "evening") { metrics: %s %s } }`, field, selection)
		answer := ask(t, handler, everything, query, nil)
		if answer["errors"] != nil {
			t.Fatalf("%s: %v", query, answer["errors"])
		}
		return answer["data"].(map[string]any)["liveEvent"].(map[string]any)["metrics"].(map[string]any)
	}
	want := map[string]map[string]any{}
	for _, phase := range phases {
		want[phase.field] = metrics(phase.field, everythingBelow(schema, phase.of))
	}
	w.fold()
	for range 2 { // the first counts figures of whole phases, the second reads them
		for _, phase := range phases {
			want := want[phase.field]
			if diff := cmp.Diff(want, metrics(phase.field, everythingBelow(schema, phase.of))); diff != "" {
				t.Errorf("%s, once folded (-want +got):\n%s", phase.field, diff)
			}
			for _, metric := range phase.of.Fields {
				below := schema.Types[metric.Type.Name()]
				got := metrics(phase.field, "{ "+metric.Name+everythingBelow(schema, below)+" }")
				if diff := cmp.Diff(want[metric.Name], got[metric.Name]); diff != "" {
					t.Errorf("%s of %s alone (-want +got):\n%s", metric.Name, phase.field, diff)
				}
				if metric.Type.Elem != nil {
					continue
				}
				for _, part := range below.Fields {
					want := want[metric.Name].(map[string]any)[part.Name]
					got := metrics(phase.field, "{ "+metric.Name+" { "+part.Name+everythingBelow(schema, schema.Types[part.Type.Name()])+" } }")
					if diff := cmp.Diff(want, got[metric.Name].(map[string]any)[part.Name]); diff != "" {
						t.Errorf("%s.%s of %s alone (-want +got):\n%s", metric.Name, part.Name, phase.field, diff)
					}
				}
			}
		}
	}
}

// everythingBelow returns a selection of all that lies below an object; of a
// product its name.
func everythingBelow(schema *ast.Schema, of *ast.Definition) string {
	switch {
	case isLeaf(of):
		return ""
	case of.Name == "Product":
		return "{ name }"
	}
	var fields []string
	for _, field := range of.Fields {
		if !isIntrospection(field.Name) {
			fields = append(fields, field.Name+" "+everythingBelow(schema, schema.Types[field.Type.Name()]))
		}
	}
	return "{ " + strings.Join(fields, " ") + " }"
}
