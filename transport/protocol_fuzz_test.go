package transport

import "testing"

// FuzzRequest holds that whatever a client sends is a request with a document or
// its id, or refused.
func FuzzRequest(f *testing.F) {
	f.Add([]byte(`{"query": "{ a }", "variables": {"a": [1, {"b": null}]}, "operationName": "x", "extensions": {"persistedQuery": {"sha256Hash": "00"}}}`))
	f.Add([]byte(`{"documentId": "sha256:00", "extensions": null}`))
	f.Add([]byte(`{"documentId": "a", "extensions": {"persistedQuery": []}}`))
	f.Add([]byte(`{"query": "\ud800", "variables": []}`))
	f.Add([]byte(`{"type": "subscribe", "id": "1", "payload": {"query": "{a}"}}`))
	f.Add([]byte("\xff"))
	f.Fuzz(func(t *testing.T, text []byte) {
		readMessage(text)
		authorization(text)
		request, ok := readRequest(text)
		if !ok {
			return
		}
		if !NamesDocument(request) {
			t.Errorf("%+v names no document", request)
		}
		if id := TakeDocumentID(&request); id == "" && request.Query == "" {
			t.Errorf("%+v has no document", request)
		}
		if TakeDocumentID(&request) != "" {
			t.Error("the id was left in")
		}
	})
}
