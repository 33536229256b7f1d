package repository_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"cartograph/analytics"
	"cartograph/repository"
)

func TestADatabaseThatCannotBeReachedIsUnavailable(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil { // nobody listens there any more
		t.Fatal(err)
	}
	repo, err := repository.Open(repository.Options{URI: "mongodb://" + address + "/", Database: "any"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err = repo.Calls(ctx, analytics.Reach{Org: "acme"}, analytics.CallFilter{}, analytics.CallOrder{}, analytics.PageArgs{})
	if analytics.CodeOf(err) != analytics.Unavailable {
		t.Errorf("got %s: %v", analytics.CodeOf(err), err)
	}
	if said := err.(*analytics.Error).Message; strings.Contains(said, address) {
		t.Errorf("the message names the host: %s", said)
	}
}
