package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
)

var updatePages = flag.Bool("update", false, "write the pages that tests compare")

func TestAllThatIsWrongWithAConfigurationIsToldAtOnce(t *testing.T) {
	for variable, value := range map[string]string{
		"QUERY_TIMEOUT": "soon", "MAX_COST": "-1", "TRUSTED_DOCUMENTS_MODE": "perhaps", "TLS_CERT": "cert.pem",
		"ALLOWED_ORIGINS": "https://shop.example,shop", "MONGODB_URI": "postgres://user:secret@host/", "PLAYGROUND": "maybe",
		"TRUSTED_DOCUMENTS": "nowhere.json", "OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4318", "TRUSTED_PROXIES": "10.0.0.0/8,proxy",
	} {
		t.Setenv(variable, value)
	}
	_, err := command(t, "serve", "--listen-addr=8080", "--max-connections", "many")
	if err == nil {
		t.Fatal("it started")
	}
	cwd, _ := os.Getwd()
	want := `the configuration cannot be used:
  - TRUSTED_DOCUMENTS_MODE: must be one of off, log, enforce, not "perhaps"
  - --max-connections: expected a valid 64 bit int but got "many"
  - PLAYGROUND: bool value must be true, 1, yes, false, 0 or no but got "maybe"
  - TRUSTED_DOCUMENTS: stat CWD/nowhere.json: no such file or directory
  - QUERY_TIMEOUT: expected duration but got "soon": time: invalid duration "soon"
  - ALLOWED_ORIGINS: an origin reads https://shop.example, and not "shop"
  - LISTEN_ADDR: an address reads HOST:PORT, such as 127.0.0.1:8080, and not "8080"
  - MAX_COST: must be above 0
  - MONGODB_URI: begins with mongodb:// or mongodb+srv://
  - OTEL_EXPORTER_OTLP_ENDPOINT: a collector reads http://HOST:4318
  - TLS_CERT and TLS_KEY: a certificate and its key go together
  - TRUSTED_PROXIES: "proxy" is neither an address nor a network such as 10.0.0.0/8`
	sorted := func(text string) map[string]bool {
		lines := map[string]bool{}
		for _, line := range strings.Split(text, "\n") {
			lines[line] = true
		}
		return lines
	}
	if diff := cmp.Diff(sorted(want), sorted(strings.ReplaceAll(err.Error(), cwd, "CWD"))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOtherCommandsAreNotHeldUpByTheSettingsOfTheGateway(t *testing.T) {
	t.Setenv("MAX_COST", "-1")
	if _, err := command(t, "schema"); err != nil {
		t.Error(err)
	}
}

// The table of docs/configuration.md is what `cartograph serve --help` tells.
// Write it with -update.
func TestThePageOfSettings(t *testing.T) {
	var c commandLine
	parser, err := kong.New(&c, kong.Name("cartograph"), defaults())
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	table.WriteString("| variable | flag | default | |\n|---|---|---|---|\n")
	for _, group := range [][]*kong.Flag{parser.Model.Flags, parser.Model.DefaultCmd.Flags} {
		for _, f := range group {
			if f.Name == "help" {
				continue
			}
			if len(f.Envs) != 1 {
				t.Errorf("--%s can be set by no variable", f.Name)
				continue
			}
			def := f.Default
			if def != "" {
				def = "`" + def + "`"
			}
			fmt.Fprintf(&table, "| `%s` | `--%s` | %s | %s |\n", f.Envs[0], f.Name, def, f.Help)
		}
	}
	holdTable(t, "docs/configuration.md", table.String())
}

// holdTable fails the test unless a page has a table in its place; with -update it
// writes it there.
func holdTable(t *testing.T, file, table string) {
	t.Helper()
	const begin, end = "<!-- table -->\n", "<!-- end of table -->\n"
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(string(page), begin)
	_, after, found := strings.Cut(rest, end)
	if !found {
		t.Fatal("the page has no place for the table")
	}
	want := before + begin + table + end + after
	if *updatePages {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(page)); diff != "" {
		t.Errorf("%s is not what the code says; go test . -run PageOf -update (-want +got):\n%s", file, diff)
	}
}
