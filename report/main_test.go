package report_test

import (
	"testing"

	"cartograph/repository/repositorytest"
)

func TestMain(m *testing.M) { repositorytest.Main(m) }
