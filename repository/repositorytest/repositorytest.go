// Package repositorytest gives tests a repository on a database of their own:
// in the embedded engine, or in the server that MONGODB_TEST_URI names.
package repositorytest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cartograph/embedded"
	"cartograph/repository"
)

// Open returns a repository with all indexes on a fresh database, which is
// dropped when the test ends. onCommand may be nil.
func Open(t testing.TB, onCommand func(name string)) *repository.Repository {
	t.Helper()
	uri, database := Database(t)
	return OpenAt(t, uri, database, onCommand)
}

// OpenAt returns one more repository on a database that Database has named: a
// second gateway on the same documents.
func OpenAt(t testing.TB, uri, database string, onCommand func(name string)) *repository.Repository {
	t.Helper()
	return OpenWith(t, repository.Options{URI: uri, Database: database, OnCommand: onCommand})
}

// OpenWith is OpenAt with options of the repository, which name the URI and the
// database.
func OpenWith(t testing.TB, o repository.Options) *repository.Repository {
	t.Helper()
	repo, err := repository.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = repo.Close(context.Background()) })
	if err := repo.EnsureIndexes(t.Context()); err != nil {
		t.Fatal(err)
	}
	return repo
}

var databases atomic.Int64

// Database returns the URI of the engine under test and a database name that no
// other test uses. The database is dropped when the test ends.
func Database(t testing.TB) (uri, database string) {
	t.Helper()
	uri, err := engine()
	if err != nil {
		t.Fatal(err)
	}
	database = fmt.Sprintf("test_%d_%d_%d", os.Getpid(), time.Now().UnixMilli()%1_000_000, databases.Add(1))
	t.Cleanup(func() {
		repo, err := repository.Open(repository.Options{URI: uri, Database: database})
		if err != nil {
			t.Error(err)
			return
		}
		defer repo.Close(context.Background())
		if err := repo.Drop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return uri, database
}

// Slow reports whether everything takes several times as long: on a server, and
// with -short, as under the race detector. Tests then look at fewer cases of the
// same kind; the embedded engine gets all of them.
func Slow() bool { return testing.Short() || os.Getenv("MONGODB_TEST_URI") != "" }

// fewChecks is how many random streams a property is tried with where that is
// slow, instead of rapid's own number.
const fewChecks = "30"

// Main runs the tests of a package and then takes the shared engine away again.
// The package's TestMain calls it.
func Main(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("rapid.checks"); f != nil && f.Value.String() == f.DefValue && Slow() {
		_ = f.Value.Set(fewChecks)
	}
	code := m.Run()
	if err := stopEngine(); err != nil {
		fmt.Fprintln(os.Stderr, "stop the engine under test:", err)
		code = 1
	}
	os.Exit(code)
}

// stopEngine stops the embedded engine and deletes its folder, if it was started.
var stopEngine = func() error { return nil }

// engine returns the URI of the server that MONGODB_TEST_URI names, else of an
// embedded one that all tests of the process share. Its folder is a temporary
// one; nothing waits for the disk.
var engine = sync.OnceValues(func() (string, error) {
	if uri := os.Getenv("MONGODB_TEST_URI"); uri != "" {
		return uri, nil
	}
	dir, err := os.MkdirTemp("", "cartograph-test-")
	if err != nil {
		return "", err
	}
	server, err := embedded.Open(dir, embedded.Options{NoSync: true})
	if err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	stopEngine = func() error { return errors.Join(server.Close(), os.RemoveAll(dir)) }
	return server.URI(), nil
})
