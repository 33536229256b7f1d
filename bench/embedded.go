package main

import (
	"context"
	"errors"
	"fmt"

	"cartograph/embedded"
)

// embeddedMemory is how much memory the documents of the largest data set may
// take.
const embeddedMemory = 20 << 30

// serveEmbedded serves the embedded database on a folder until ctx ends, and
// prints its address. It is a process of its own, so that what it takes is not
// taken for that of a server.
func serveEmbedded(ctx context.Context, folder string) error {
	server, err := embedded.Open(folder, embedded.Options{MemoryLimit: embeddedMemory})
	if err != nil {
		return err
	}
	if _, err := fmt.Println(server.URI()); err != nil {
		return errors.Join(err, server.Close())
	}
	<-ctx.Done()
	return server.Close()
}
