// Command gqlgen generates the executable schema by gqlgen.yml, and then makes
// lighter what it generated. It stands in for gqlgen's own command: `go tool
// gqlgen generate` runs it.
package main

import (
	"fmt"
	"os"

	"github.com/99designs/gqlgen/api"
	"github.com/99designs/gqlgen/codegen/config"
)

func main() {
	if err := generate(); err != nil {
		fmt.Fprintln(os.Stderr, "gqlgen:", err)
		os.Exit(1)
	}
}

func generate() error {
	cfg, err := config.LoadConfigFromDefaultLocations()
	if err != nil {
		return err
	}
	file := cfg.Exec.Filename
	if err := api.Generate(cfg); err != nil {
		return err
	}
	source, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	lighter, err := lighten(string(source))
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(lighter), 0o644)
}
