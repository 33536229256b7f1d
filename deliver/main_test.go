package deliver

import (
	"testing"

	"cartograph/repository/repositorytest"
)

func TestMain(m *testing.M) { repositorytest.Main(m) }
