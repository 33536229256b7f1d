package export

import (
	"iter"
	"reflect"
	"slices"
	"strconv"
	"unicode"

	"cartograph/analytics"
)

// metricsHeader names the columns of the sheet ANALYTICS. A metric is named by its
// path in the graph; what it is of, such as a traffic source or a product, stands
// in "of". A rate has three rows: itself, its numerator and its denominator.
var metricsHeader = []string{"phase", "metric", "of", "value", "currency"}

// metricRows returns the metrics of a phase, a row each.
func metricRows(phase analytics.LivePhase, metrics any) iter.Seq[[]Cell] {
	return func(yield func([]Cell) bool) {
		m := &metricWriter{phase: Text(string(phase)), yield: yield}
		m.add("", "", reflect.ValueOf(metrics).Elem())
	}
}

// metricWriter writes metrics by walking through their structs.
type metricWriter struct {
	phase Cell
	yield func([]Cell) bool
	ended bool
}

func (m *metricWriter) row(metric, of string, value, currency Cell) {
	m.ended = m.ended || !m.yield([]Cell{m.phase, Text(metric), Text(of), value, currency})
}

// add writes a metric, or all within a struct.
func (m *metricWriter) add(path, of string, value reflect.Value) {
	if m.ended {
		return
	}
	switch v := value.Interface().(type) {
	case analytics.Ratio:
		m.row(path, of, Float(v.Value()), Cell{})
		m.row(path+".numerator", of, Int(v.Numerator), Cell{})
		m.row(path+".denominator", of, Int(v.Denominator), Cell{})
	case []analytics.Money:
		for _, money := range v {
			m.row(path, of, Decimal(money.Amount()), Text(money.Currency))
		}
	case []analytics.TrafficSource:
		for _, source := range v {
			m.row(path+".sessions", string(source.Source), Int(source.Sessions), Cell{})
			m.add(path+".share", string(source.Source), reflect.ValueOf(source.Share))
		}
	case []analytics.RatingCount:
		for _, rating := range v {
			m.row(path+".count", strconv.Itoa(rating.Rating), Int(rating.Count), Cell{})
		}
	case []analytics.LiveProductMetrics:
		for i := range v {
			m.add(path+".order", v[i].SKU, reflect.ValueOf(v[i].Order))
			m.add(path+".appearances", v[i].SKU, reflect.ValueOf(v[i].Appearances))
			m.fields(path+".metrics", v[i].SKU, reflect.ValueOf(v[i]), "SKU", "Order", "Appearances")
		}
	case []analytics.Period:
		for _, p := range v {
			m.row(path, of, Text(analytics.FormatTime(p.Start)+"/"+analytics.FormatTime(p.End)), Cell{})
		}
	case *float64:
		m.row(path, of, Float(v), Cell{})
	case *int:
		if v != nil {
			m.row(path, of, Int(*v), Cell{})
		}
	case int:
		m.row(path, of, Int(v), Cell{})
	case int64:
		m.row(path, of, Int(v), Cell{})
	default:
		m.fields(path, of, value)
	}
}

// fields writes what a struct holds, but for some fields.
func (m *metricWriter) fields(path, of string, value reflect.Value, but ...string) {
	for i := range value.NumField() {
		field := value.Type().Field(i)
		switch {
		case slices.Contains(but, field.Name) || !field.IsExported():
		case field.Anonymous:
			m.add(path, of, value.Field(i))
		case path == "":
			m.add(graphName(field.Name), of, value.Field(i))
		default:
			m.add(path+"."+graphName(field.Name), of, value.Field(i))
		}
	}
}

// graphNames are the names that the graph has of its own for fields of products.
var graphNames = map[string]string{"Added": "addedToCart", "Removed": "removedFromCart", "Quantity": "quantitySold"}

// graphName returns the name that a field has in the graph: SMSAlerts is
// smsAlerts. A test holds them to the schema.
func graphName(name string) string {
	if own := graphNames[name]; own != "" {
		return own
	}
	runes := []rune(name)
	for i := range runes {
		if i > 0 && i+1 < len(runes) && unicode.IsLower(runes[i+1]) || unicode.IsLower(runes[i]) {
			break
		}
		runes[i] = unicode.ToLower(runes[i])
	}
	return string(runes)
}
