package resolvers

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNoTypeHasFieldsBesideAndThrough(t *testing.T) {
	schema := schemaOfTests()
	p := newPacer(schema)
	for name := range p.satisfied {
		var found []course
		for _, field := range schema.Types[name].Fields {
			if c := p.courses[field]; c != plain && !slices.Contains(found, c) {
				found = append(found, c)
			}
		}
		if len(found) > 1 {
			t.Errorf("%s has fields with resolvers and others that lead to some: give those a resolver in gqlgen.yml, so that all run at the same time", name)
		}
	}
}

func TestPacerKnowsHowFieldsRun(t *testing.T) {
	schema := schemaOfTests()
	p := newPacer(schema)
	want := map[string]course{
		"Query.calls": beside, "Query.viewer": beside, "Mutation.markTestCall": beside,
		"CallConnection.nodes": through, "CallConnection.edges": through, "CallEdge.node": through, "CallConnection.totalCount": plain,
		"Call.agent": beside, "Call.orderIds": beside, "Call.callId": plain, "Call.poll": plain, "Call.checkedOutValue": plain,
		"CallStats.byAgent": through, "CallStats.total": plain, "AgentCallFigures.agent": beside,
		"Viewer.agent": through, "MarkTestCallPayload.call": through, "LiveEvent.videos": beside,
	}
	got := map[string]course{}
	for name := range p.satisfied {
		for _, field := range schema.Types[name].Fields {
			if _, asked := want[name+"."+field.Name]; asked {
				got[name+"."+field.Name] = p.courses[field]
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("courses (-want +got):\n%s", diff)
	}
}
