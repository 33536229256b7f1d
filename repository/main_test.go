package repository_test

import (
	"testing"

	"cartograph/repository/repositorytest"
)

func TestMain(m *testing.M) { repositorytest.Main(m) }

// stride is how far apart the commands are at which something is broken off or
// overtaken: each in turn, and every fifth where that is slow (what alternates by two or
// three still does).
func stride() int64 {
	if repositorytest.Slow() {
		return 5
	}
	return 1
}
