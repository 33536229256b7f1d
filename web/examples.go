package web

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed src/examples
var examples embed.FS

// Example is a query that the playground opens in a tab of its own on the first visit.
type Example struct {
	Name      string         // the file's name without .graphql, such as 01-calls
	Query     string         // the document, with one operation
	Variables map[string]any // nil if the query has none
}

// Examples returns the example queries in the order of their tabs. It panics if one cannot be read, which the tests of this
// package rule out: the files are part of the binary.
func Examples() []Example {
	names, err := fs.Glob(examples, "src/examples/*.graphql")
	if err != nil {
		panic(err)
	}

	list := make([]Example, 0, len(names))
	for _, name := range names {
		e, err := readExample(name)
		if err != nil {
			panic(fmt.Errorf("read example %s: %w", name, err))
		}
		list = append(list, e)
	}
	return list
}

func readExample(name string) (Example, error) {
	query, err := examples.ReadFile(name)
	if err != nil {
		return Example{}, err
	}

	base := strings.TrimSuffix(name, ".graphql")
	e := Example{Name: path.Base(base), Query: string(query)}

	variables, err := examples.ReadFile(base + ".variables.json")
	if errors.Is(err, fs.ErrNotExist) {
		return e, nil
	}
	if err != nil {
		return Example{}, err
	}
	return e, json.Unmarshal(variables, &e.Variables)
}
