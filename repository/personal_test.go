package repository_test

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"cartograph/analytics"
	"cartograph/repository"
)

// harmless are the texts of stored documents that are no personal data, by why
// they are not. A word alone is the last step of a path, in any collection; with a
// slash it is a collection and a path.
var harmless = map[string]string{
	"ids: pseudonyms where they are of visitors, browsers, sessions, messages and orders": `
		_id id org client session agent queue subject subjects named about event events call rank replyTo waits
		liveEvent liveEvents workflow endpoint transactions orders formerCalls formerLiveEvents waitingRoom
		agentId queueId waitingRoomId messageId transactionId interactionId uid externalId
		exports/filter.agentids exports/filter.queueids exports/filter.clientid
		product_metrics/open.token product_metrics/done.token
		moderations/message carts/state.memory.name`,
	"numbers of hours, and packed in them figures of calls with the ids of agents and queues": `call_days/hours call_days/dirty`,
	"of the catalog: products, what was offered to everybody, goods and money": `
		currency sku skus presented added triedOn checkedOut agentAdded product
		product_metrics/total.again.family products/* queues/* interactions/* workflows/* live_events/*
		workflow_buckets/bucket.affected.name workflow_buckets/bucket.triggered.name workflow_days/bucket.affected.name workflow_days/bucket.triggered.name
		events/data.webhook.products.* events/data.webhook.queueName
		calls/checkedOutAmount
		carts/state.cart.items.name carts/state.cart.pending.name carts/state.cart.checkedOut.items.name
		carts/fresh.cart.items.name carts/fresh.cart.pending.name carts/fresh.cart.checkedOut.items.name
		carts/fresh.update.item.name carts/fresh.update.request.name carts/fresh.update.checkout.items.name
		cart_updates/cart.items.name cart_updates/cart.pending.name cart_updates/cart.checkedOut.items.name
		cart_updates/update.item.name cart_updates/update.request.name cart_updates/update.checkout.items.name`,
	"words of a vocabulary, and what pages say of a visit": `
		device source widget option affiliation
		buckets/bucket.devices.name buckets/bucket.sources.name live_figures/figures.devices.name live_figures/figures.sources.name
		events/data.url`,
	"of staff, as the shop shows them": `agents/name agents/nameKey agents/email events/data.webhook.agentName`,
	"what is said in chats: content, shown to everybody who may read the chat": `
		chat_messages/text events/data.webhook.chat.text`,
	"tags, which must not be personal by contract": `
		trackingTag calls/customerTags.name calls/customerTags.value events/data.tags.name events/data.tags.value`,
	"what a shop's page says of a refused request": `
		carts/state.cart.pending.message carts/fresh.cart.pending.message carts/fresh.update.request.message carts/state.memory.content
		cart_updates/cart.pending.message cart_updates/update.request.message`,
	"of those who run things, and secrets": `
		exports/token tokens/name tokens/prefix tokens/origins tokens/webhookSecret
		webhook_endpoints/url webhook_endpoints/description webhook_endpoints/headers.name webhook_endpoints/headers.value
		webhook_endpoints/secret webhook_endpoints/formerSecret`,
	"columns of imported rows, each of which is classified by itself": `events/data.row`,
}

// isHarmless reports whether a text is on the list, and notes what it was found by.
func isHarmless(collection, path string, used map[string]bool) bool {
	last := path[strings.LastIndex(path, ".")+1:]
	for _, words := range harmless {
		for word := range strings.FieldsSeq(words) {
			prefix, beginning := strings.CutSuffix(word, "*")
			if word == last || word == collection+"/"+path || beginning && strings.HasPrefix(collection+"/"+path, prefix) {
				used[word] = true
				return true
			}
		}
	}
	return false
}

// Every text of every stored document is in the table of personal data, or listed
// above as none: whoever adds one decides which.
func TestEveryStoredTextIsClassified(t *testing.T) {
	personal, used, there := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, f := range analytics.PersonalFields {
		personal[f.Collection+"/"+f.Path] = true
	}
	for collection, types := range repository.DocumentTypes() {
		for _, document := range types {
			for _, path := range textsOf(reflect.TypeOf(document), "") {
				there[collection+"/"+path] = true
				if personal[collection+"/"+path] {
					continue
				}
				if !isHarmless(collection, path, used) {
					t.Errorf("%s of %s can hold a text: add it to analytics.PersonalFields, or to the list of what is harmless, and say why", path, collection)
				}
			}
		}
	}
	for place := range personal {
		if !there[place] && !strings.HasPrefix(place, "events/data.row.") {
			t.Errorf("%s is in analytics.PersonalFields, but no document has it", place)
		}
	}
	for _, words := range harmless {
		for word := range strings.FieldsSeq(words) {
			if !used[word] {
				t.Errorf("%s is listed as harmless, but no document has it", word)
			}
		}
	}
}

// textsOf returns the paths of the fields of a document that can hold a text that
// somebody made up, as they are stored. Words of a vocabulary have types of their
// own, and numbers, times and flags say nothing of who somebody is.
func textsOf(document reflect.Type, path string) []string {
	switch document.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return textsOf(document.Elem(), path)
	case reflect.Map, reflect.Interface:
		return []string{path}
	case reflect.String:
		if document == reflect.TypeFor[string]() || document == reflect.TypeFor[analytics.Text]() {
			return []string{path}
		}
		return nil
	case reflect.Struct:
	default:
		return nil
	}
	if document == reflect.TypeFor[time.Time]() {
		return nil
	}
	var paths []string
	for i := range document.NumField() {
		field := document.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("bson"), ",")
		switch {
		case name == "-" || !field.IsExported() && !field.Anonymous:
			continue
		case options == "inline":
			paths = append(paths, textsOf(field.Type, path)...)
			continue
		case name == "":
			name = strings.ToLower(field.Name)
		}
		paths = append(paths, textsOf(field.Type, strings.TrimPrefix(path+"."+name, "."))...)
	}
	return paths
}

var declaredCollection = regexp.MustCompile(`(?m)^\tcoll\w+\s+= "(\w+)"`)

func TestEveryCollectionHasItsTypes(t *testing.T) {
	source, err := os.ReadFile("collections.go")
	if err != nil {
		t.Fatal(err)
	}
	types := repository.DocumentTypes()
	declared := declaredCollection.FindAllStringSubmatch(string(source), -1)
	for _, found := range declared {
		if types[found[1]] == nil {
			t.Errorf("%s: name the types of its documents in DocumentTypes, so that their texts are classified", found[1])
		}
	}
	if len(declared) != len(types) {
		t.Errorf("%d collections are declared, %d have types", len(declared), len(types))
	}
}

// The columns of imported rows are classified one by one.
func TestEveryColumnIsClassified(t *testing.T) {
	known := strings.Fields(`status is_test_call call_id client_session_id client_id agent_id agent_name tracking_tag queue_id queue_name
		entered_queue_time seconds_in_queue call_start_time call_end_time call_duration_seconds number_of_messages_by_agent number_of_messages_by_client
		call_type waiting_room_id entered_waiting_room_time seconds_in_waiting_room products_added_to_cart checked_out_products checked_out_value
		poll_rating poll_scale first_purchase_time purchased_products revenue_value revenue_currency number_of_purchases order_ids blocked_time
		tried_on_products customer_tags`)
	var columns []string
	for _, f := range analytics.PersonalFields {
		if f.Column != "" {
			columns = append(columns, f.Column)
		}
	}
	for _, c := range analytics.CallColumns {
		inTable, listed := slices.Contains(columns, c.Name), slices.Contains(known, c.Name)
		if inTable == listed || inTable != c.Personal {
			t.Errorf("column %s: in the table of personal data %v, listed as harmless %v, masked %v", c.Name, inTable, listed, c.Personal)
		}
	}
	if len(columns)+len(known) != len(analytics.CallColumns) {
		t.Error("the table or the list has a column that there is not")
	}
}
