package resolvers

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

// nativeIDs are the objects of the tenants' test data, by type. Whoever adds a
// type with an id names one here.
type nativeIDs map[string]string

// typeOfID says whose id an argument or a field of an input is, by its name.
// "id" is that of the type that the field answers.
var typeOfID = map[string]string{
	"callId": "Call", "liveEventId": "LiveEvent", "confirmLiveEventId": "LiveEvent", "messageId": "ChatMessage",
	"agentId": "Agent", "agentIds": "Agent", "queueId": "Queue", "queueIds": "Queue", "workflowId": "Workflow", "endpointId": "WebhookEndpoint",
	"deliveryId": "WebhookDelivery", "requestId": "CartRequest", "tokenId": "Token",
}

// visit is one place of the graph: a type reached from a field of a root.
type visit struct {
	name       string // "call.agent.calls"
	of         *ast.Definition
	open, shut string
	path       []*ast.FieldDefinition // from the root on
}

// operation returns the operation that selects something at the place.
func (v visit) operation(kind ast.Operation, selection string) string {
	return string(kind) + " { " + v.open + " " + selection + " " + v.shut + " }"
}

// walk finds every type that is reached from one field of a root, by the
// shortest way; from those that show one object, by each field that leads to it.
type walk struct {
	t      *testing.T
	schema *ast.Schema
	ids    nativeIDs
}

// from returns the places below a field of a root, for each way to ask it.
func (w walk) from(field *ast.FieldDefinition) (visits []visit) {
	one := field.Type.Elem == nil && !strings.HasSuffix(field.Type.Name(), "Connection") && field.Type.Name() != "Node"
	for _, arguments := range w.waysToAsk(field) {
		seen := map[string]bool{}
		queue := w.into(visit{}, field, arguments)
		for len(queue) > 0 {
			here := queue[0]
			queue = queue[1:]
			by := here.of.Name
			if last := here.path[len(here.path)-1]; one && last.Position != nil {
				by += fmt.Sprint(" by ", last.Position.Line)
			}
			if seen[by] || len(here.path) > 8 {
				continue
			}
			seen[by] = true
			visits = append(visits, here)
			for _, next := range here.of.Fields {
				if !isIntrospection(next.Name) && !isLeaf(w.schema.Types[next.Type.Name()]) {
					queue = append(queue, w.into(here, next, w.waysToAsk(next)[0])...)
				}
			}
		}
	}
	return visits
}

// into returns the places that a field leads to: one, or each type of several.
func (w walk) into(here visit, field *ast.FieldDefinition, arguments string) (places []visit) {
	definition := w.schema.Types[field.Type.Name()]
	next := visit{
		name: strings.TrimPrefix(here.name+"."+field.Name+arguments, "."), of: definition,
		open: here.open + " " + field.Name + arguments + " {", shut: "} " + here.shut,
		path: append(slices.Clone(here.path), field),
	}
	if !definition.IsAbstractType() {
		return []visit{next}
	}
	for _, possible := range w.schema.GetPossibleTypes(definition) {
		one := next
		one.of, one.name = possible, next.name+":"+possible.Name
		one.open, one.shut = next.open+" ... on "+possible.Name+" {", "} "+next.shut
		if definition.Name == "Node" {
			one.open = strings.ReplaceAll(one.open, "Node:", possible.Name+":")
			one.open = strings.ReplaceAll(one.open, "native id of a Node", w.ids[possible.Name])
		}
		places = append(places, one)
	}
	return places
}

// waysToAsk returns the arguments to ask a field with: those it needs, and for
// each id that it may be given besides these with it.
func (w walk) waysToAsk(field *ast.FieldDefinition) (ways []string) {
	needed := map[string]any{}
	for _, argument := range field.Arguments {
		if argument.Type.NonNull && argument.DefaultValue == nil {
			needed[argument.Name] = w.value(argument.Name, argument.Type, field.Type.Name())
		}
	}
	oneOf := strings.Contains(field.Description, "Exactly one of")
	if !oneOf {
		ways = append(ways, printed(needed))
	}
	for _, argument := range field.Arguments {
		if argument.Type.Name() == "ID" && !argument.Type.NonNull {
			with := map[string]any{argument.Name: w.value(argument.Name, argument.Type, field.Type.Name())}
			for name, value := range needed {
				with[name] = value
			}
			ways = append(ways, printed(with))
		}
	}
	for _, argument := range field.Arguments {
		definition := w.schema.Types[argument.Type.Name()]
		if definition.Kind != ast.InputObject || !argument.Type.NonNull {
			continue
		}
		for _, below := range definition.Fields {
			for _, choice := range w.choices(below, field.Type.Name()) {
				input := w.value(argument.Name, argument.Type, field.Type.Name()).(map[string]any)
				if input[below.Name] = choice; definition.Name != "PeriodInput" {
					ways = append(ways, printed(map[string]any{argument.Name: input}))
				}
			}
		}
	}
	return ways
}

// choices returns what else a field of an input may be given: an id that it does
// not need, each value of an enum.
func (w walk) choices(field *ast.FieldDefinition, answers string) (values []any) {
	definition := w.schema.Types[field.Type.Name()]
	switch {
	case definition.Name == "ID" && !field.Type.NonNull:
		values = append(values, w.value(field.Name, field.Type, answers))
	case definition.Kind == ast.Enum && field.Type.Elem == nil:
		for _, value := range definition.EnumValues {
			values = append(values, value.Name)
		}
	}
	return values
}

// value returns a value that an argument or a field of an input takes: of the
// ids the one of the test data.
func (w walk) value(name string, of *ast.Type, answers string) any {
	if of.Elem != nil {
		return []any{w.value(name, of.Elem, answers)}
	}
	if definition := w.schema.Types[of.Name()]; definition.Kind == ast.InputObject && definition.Name != "PeriodInput" {
		value := map[string]any{}
		for _, field := range definition.Fields {
			if field.Type.NonNull && field.DefaultValue == nil {
				value[field.Name] = w.value(field.Name, field.Type, answers)
			}
		}
		return value
	}
	switch {
	case of.Name() == "PeriodInput":
		return map[string]any{"start": "2026-03-08T00:00:00Z", "end": "2026-03-10T00:00:00Z"}
	case of.Name() == "ID" && (name == "id" || name == "ids") && answers == "Node":
		return "Node:native id of a Node"
	case of.Name() == "ID" && name == "id":
		return w.idOf(answers, name)
	case of.Name() == "ID":
		return w.idOf(typeOfID[name], name)
	case name == "sku":
		return w.ids["ProductSize"]
	case name == "tokenId":
		return w.idOf("Token", name)
	case name == "url":
		return "https://receiver.example/"
	}
	return example(w.schema, of)
}

func (w walk) idOf(typeName, argument string) string {
	id, known := w.ids[typeName]
	if !known {
		w.t.Fatalf("whose id is %s? Name the type in typeOfID, and an object of it in the tenants' ids", argument)
	}
	return id
}

// printed returns arguments in brackets; nothing for none.
func printed(arguments map[string]any) string {
	var parts []string
	for name, value := range arguments {
		parts = append(parts, name+": "+literal(value))
	}
	if len(parts) == 0 {
		return ""
	}
	slices.Sort(parts)
	return "(" + strings.Join(parts, ", ") + ")"
}

// everyField returns a selection of every field of a type; of those that lead
// further what can be selected there without going on.
func (w walk) everyField(of *ast.Definition) string {
	var b strings.Builder
	b.WriteString("__typename")
	for _, field := range of.Fields {
		if !isIntrospection(field.Name) {
			b.WriteString(" " + w.selected(field))
		}
	}
	return b.String()
}

// selected returns a selection of one field.
func (w walk) selected(field *ast.FieldDefinition) string {
	definition := w.schema.Types[field.Type.Name()]
	if isLeaf(definition) {
		return field.Name + w.waysToAsk(field)[0]
	}
	inner := []string{"__typename"}
	for _, below := range definition.Fields {
		if !isIntrospection(below.Name) && isLeaf(w.schema.Types[below.Type.Name()]) && len(below.Arguments) == 0 {
			inner = append(inner, below.Name)
		}
	}
	return fmt.Sprintf("%s%s { %s }", field.Name, w.waysToAsk(field)[0], strings.Join(inner, " "))
}

func isLeaf(definition *ast.Definition) bool {
	return definition.Kind == ast.Scalar || definition.Kind == ast.Enum
}
