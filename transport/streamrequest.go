package transport

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"

	"cartograph/limits"
)

// maxURL bounds the query string of a GET, as most servers and proxies do.
const maxURL = 8 << 10

// readStreamRequest reads the GraphQL request of a POST or a GET.
func readStreamRequest(w http.ResponseWriter, r *http.Request) (graphql.RawParams, *unread) {
	var params graphql.RawParams
	var refused *unread
	switch r.Method {
	case http.MethodPost:
		params, refused = readBody(w, r)
	case http.MethodGet:
		params, refused = readURL(r)
	default:
		w.Header().Set("Allow", "GET, POST")
		refused = refuse(http.StatusMethodNotAllowed, "send operations by POST or GET")
	}
	params.Headers = r.Header
	return params, refused
}

func readBody(w http.ResponseWriter, r *http.Request) (graphql.RawParams, *unread) {
	var none graphql.RawParams
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || mediaType != "application/json" {
		return none, refuse(http.StatusUnsupportedMediaType, "the Content-Type of an operation is application/json")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxMessage))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return none, refuse(http.StatusRequestEntityTooLarge, "the body of an operation may have %d bytes", maxMessage)
	case err != nil:
		return none, refuse(http.StatusBadRequest, "the body ended too early")
	}
	if err := limits.CheckJSON(body); err != nil {
		return none, &unread{http.StatusBadRequest, err}
	}
	params, ok := readRequest(body)
	if !ok {
		return none, refuse(http.StatusBadRequest, `the body must be a JSON object such as {"query": "subscription { ... }"}, with "variables" and "operationName" if wanted`)
	}
	return params, nil
}

func readURL(r *http.Request) (graphql.RawParams, *unread) {
	var request Request
	var params graphql.RawParams
	if len(r.URL.RawQuery) > maxURL {
		return params, refuse(http.StatusRequestURITooLong, "an operation by GET may have %d bytes; send it by POST", maxURL)
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return params, refuse(http.StatusBadRequest, "the query string cannot be read")
	}
	request.Query = values.Get("query")
	if !utf8.ValidString(request.Query) {
		return params, refuse(http.StatusBadRequest, "text is written in UTF-8")
	}
	request.OperationName = values.Get("operationName")
	request.DocumentID = values.Get("documentId")
	for name, into := range map[string]*map[string]any{"variables": &request.Variables, "extensions": &request.Extensions} {
		if text := values.Get(name); text != "" && !decode([]byte(text), into) {
			return params, refuse(http.StatusBadRequest, "%s must be a JSON object", name)
		}
	}
	params = request.Params()
	if !NamesDocument(params) {
		return params, refuse(http.StatusBadRequest, "the request has no query")
	}
	return params, nil
}
