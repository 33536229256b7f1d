package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"cartograph/analytics"
	"cartograph/repository/repositorytest"
)

// shopperOf returns events of a call that ended some days ago, in which a shopper
// gave a name and an address made of a mark.
func shopperOf(mark string, days int) string {
	at := func(minutes int) string {
		return time.Now().AddDate(0, 0, -days).Add(time.Duration(minutes) * time.Minute).UTC().Format(time.RFC3339)
	}
	lines := []string{
		`{"id":"X1","type":"call_started","at":"` + at(0) + `","visitorId":"v","sessionId":"s","callId":"X","data":{"agentId":"bo","callType":"queue","queueId":"q"}}`,
		`{"id":"X2","type":"shopper_identified","at":"` + at(1) + `","visitorId":"v","sessionId":"s","callId":"X","data":{"firstName":"X-first","email":"X@example.org"}}`,
		`{"id":"X3","type":"call_ended","at":"` + at(2) + `","visitorId":"v","callId":"X","data":{}}`,
	}
	return strings.ReplaceAll(strings.Join(lines, "\n"), "X", mark)
}

// grep returns which files of a folder hold a text.
func grep(t *testing.T, dir, text string) (found []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if content, err := os.ReadFile(filepath.Join(dir, entry.Name())); err == nil && bytes.Contains(content, []byte(text)) {
			found = append(found, entry.Name())
		}
	}
	return found
}

const shoppers = `{ calls { nodes { callId durationSeconds shopper { clientId firstName email } } } }`

// named is what they answer of a call.
func named(mark string, days int) string {
	if days > 28 {
		return fmt.Sprintf(`{"callId":%q,"durationSeconds":120,"shopper":{"clientId":"v","email":null,"firstName":null}}`, mark)
	}
	return fmt.Sprintf(`{"callId":%q,"durationSeconds":120,"shopper":{"clientId":"v","email":"%[1]s@example.org","firstName":"%[1]s-first"}}`, mark)
}

// eventually asks until an answer is the one that is wanted.
func eventually(t *testing.T, want string, ask func() string) {
	t.Helper()
	got := ask()
	for end := time.Now().Add(20 * time.Second); got != want && time.Now().Before(end); got = ask() {
		time.Sleep(20 * time.Millisecond) // nothing tells of it
	}
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// A gateway blanks old personal data by itself, and the command does at once:
// beside a gateway too, whose files it is in.
func TestOldPersonalDataIsBlanked(t *testing.T) {
	t.Parallel()
	uri, database := repositorytest.Database(t)
	dir := t.TempDir()
	for engine, settings := range map[string][]string{
		"embedded":  {"--data-dir=" + dir},
		"elsewhere": {"--mongodb-uri=" + uri, "--mongodb-database=" + database},
	} {
		t.Run(engine, func(t *testing.T) {
			forget := func(want string, args ...string) {
				t.Helper()
				out, err := command(t, append(append(settings[:len(settings):len(settings)], "forget"), args...)...)
				if out != want || err != nil {
					t.Errorf("%v: got %q, %v", args, out, err)
				}
			}
			token, err := command(t, append(settings[:len(settings):len(settings)], "token", "create", "--org=acme", "--scopes=all")...)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := command(t, append(settings[:len(settings):len(settings)], "import", "events", "--org=acme",
				write(t, "events.ndjson", shopperOf("young", 3)+"\n"+shopperOf("elder", 30)+"\n"+shopperOf("oldest", 50)))...); err != nil {
				t.Fatal(err)
			}
			forget("calls: to be blanked in 1 documents\nevents: to be blanked in 1 documents", "--dry-run", "--personal-data-days=40")
			forget("calls: blanked in 1 documents\nevents: blanked in 1 documents", "--personal-data-days=40")
			forget("no personal data is older than 40 days", "--personal-data-days=40")
			forget("nothing to do: personal data is kept, or is that of the open demo, which is invented", "--personal-data-days=0")

			admin := freeAddress(t)
			g := serve(t, append(settings[:len(settings):len(settings)], "--admin-addr="+admin)...)
			answer := `{"calls":{"nodes":[` + named("young", 3) + `,` + named("elder", 30) + `,` + named("oldest", 50) + `]}}`
			eventually(t, answer, func() string { return g.query(t, token, shoppers) })
			blanked := regexp.MustCompile(`cartograph_personal_data_blanked_total\{.*`)
			eventually(t, `[cartograph_personal_data_blanked_total{collection="calls"} 1 cartograph_personal_data_blanked_total{collection="events"} 1]`, func() string {
				return fmt.Sprint(blanked.FindAllString(fetch(t, "http://"+admin+"/metrics"), -1))
			})

			g.post(t, "/ingest/events", token, "application/x-ndjson", shopperOf("late", 60))
			forget("calls: blanked in 1 documents\nevents: blanked in 1 documents")
			answer = strings.Replace(answer, `]}}`, `,`+named("late", 60)+`]}}`, 1)
			eventually(t, answer, func() string { return g.query(t, token, shoppers) })
			if engine == "elsewhere" {
				return
			}
			for mark, want := range map[string]int{"young": 1, "elder": 0, "oldest": 0, "late": 0} {
				if found := grep(t, dir, mark+"@example.org"); len(found) != want {
					t.Errorf("the address of %s is in %q, want %d files", mark, found, want)
				}
			}
		})
	}
}

func TestTheOpenDemoKeepsItsPeople(t *testing.T) {
	t.Parallel()
	dir := "--data-dir=" + t.TempDir()
	people := write(t, "events.ndjson", shopperOf("old", 50))
	if _, err := command(t, dir, "import", "events", "--demo", people); err != nil {
		t.Fatal(err)
	}
	const kept = "nothing to do: personal data is kept, or is that of the open demo, which is invented"
	if out, err := command(t, dir, "forget"); out != kept || err != nil {
		t.Errorf("got %q, %v", out, err)
	}
	if _, err := command(t, dir, "token", "create", "--org=acme", "--scopes=all"); err != nil {
		t.Fatal(err)
	}
	if out, err := command(t, dir, "forget"); out != "calls: blanked in 1 documents\nevents: blanked in 1 documents" || err != nil {
		t.Errorf("with a token: got %q, %v", out, err)
	}
}

// The table of docs/personal-data.md is the one of the code. Write it with -update.
func TestThePageOfPersonalData(t *testing.T) {
	var table strings.Builder
	table.WriteString("| collection | field | what it is | shown as | how it goes |\n|---|---|---|---|---|\n")
	for _, f := range analytics.PersonalFields {
		shown := slices.Clone(f.Shown)
		if f.Column != "" {
			shown = append(shown, "column "+f.Column)
		}
		fmt.Fprintf(&table, "| `%s` | `%s` | %s | %s | %s |\n", f.Collection, f.Path, f.What, strings.Join(shown, ", "), f.Going)
	}
	holdTable(t, "docs/personal-data.md", table.String())
}
