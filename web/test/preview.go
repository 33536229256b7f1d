//go:build ignore

// Preview serves the embedded pages before a GraphQL server that runs elsewhere, such as test/mock.mjs:
//
//	go run web/test/preview.go -listen 127.0.0.1:8081 -graphql http://127.0.0.1:8082
package main

import (
	"flag"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"

	"cartograph/web"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8081", "address to serve the pages at")
	server := flag.String("graphql", "http://127.0.0.1:8082", "the server that has /graphql")
	flag.Parse()

	target, err := url.Parse(*server)
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/graphql", httputil.NewSingleHostReverseProxy(target))
	mux.Handle("/", web.Handler())
	log.Fatal(http.ListenAndServe(*listen, mux))
}
