package resolvers

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// TestThePageOfMetricsHasEveryMetricOfLiveEvents holds that docs/metrics.md
// names each field of the metrics of live events by its path.
func TestThePageOfMetricsHasEveryMetricOfLiveEvents(t *testing.T) {
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphqls", Input: read(t, "../schema.graphqls")})
	if err != nil {
		t.Fatal(err)
	}
	page := read(t, "../docs/metrics.md")
	for _, tt := range []struct {
		typeName string
		sections []string
	}{
		{"PreliveMetrics", []string{"Prelive"}},
		{"LiveMetrics", []string{"Live"}},
		{"ReplayMetrics", []string{"Replay", "Live"}},
		{"LiveEventProduct", []string{"Products of a phase"}},
		{"PollStatistics", []string{"Interactions"}},
		{"WinningInstantStatistics", []string{"Interactions"}},
	} {
		named := map[string]bool{"products": true, "sku": true, "product": true} // links are no metrics
		for _, section := range tt.sections {
			for _, path := range metricsIn(t, page, section) {
				named[path] = true
			}
		}
		for _, path := range leaves(schema, schema.Types[tt.typeName], "") {
			if !named[path] {
				t.Errorf("%s.%s is not in docs/metrics.md", tt.typeName, path)
			}
		}
	}
}

// leaves returns the paths of what a type and the types below it have: scalars,
// money, rates and periods, and lists of products.
func leaves(schema *ast.Schema, of *ast.Definition, prefix string) (paths []string) {
	for _, field := range of.Fields {
		path := prefix + field.Name
		below := schema.Types[field.Type.Name()]
		switch {
		case strings.HasPrefix(path, "evolution.period"):
		case below.Kind != ast.Object || strings.Contains(" Money Ratio Period Product LiveEventProduct ", " "+below.Name+" "):
			paths = append(paths, path)
		default:
			paths = append(paths, leaves(schema, below, path+".")...)
		}
	}
	return paths
}

// metricsIn returns the paths in the first column of the tables of a section of
// the page: a name without a dot stands where the one before it stands.
func metricsIn(t *testing.T, page, section string) (paths []string) {
	t.Helper()
	_, text, found := strings.Cut(page, "\n### "+section+"\n")
	if !found {
		t.Fatalf("docs/metrics.md has no section %q", section)
	}
	text, _, _ = strings.Cut(text, "\n### ")
	for line := range strings.Lines(text) {
		cells := strings.Split(line, "|")
		if len(cells) < 3 {
			continue
		}
		prefix := ""
		for name := range strings.SplitSeq(strings.TrimSpace(cells[1]), ", ") {
			if dot := strings.LastIndex(name, "."); dot >= 0 {
				prefix = name[:dot+1]
				name = name[dot+1:]
			}
			paths = append(paths, prefix+name)
		}
	}
	return paths
}
