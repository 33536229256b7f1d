package main

import (
	"flag"
	"testing"

	"cartograph/repository/repositorytest"
)

// atOnce is how many tests run side by side: most of the time they wait, for a
// process, a browser or a moment.
const atOnce = "6"

func TestMain(m *testing.M) {
	flag.Parse()
	chosen := false
	flag.Visit(func(f *flag.Flag) { chosen = chosen || f.Name == "test.parallel" })
	if !chosen {
		_ = flag.Set("test.parallel", atOnce)
	}
	repositorytest.Main(m)
}
