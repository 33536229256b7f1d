package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// The commands of these tests run while a gateway holds the data folder.
func TestExportCalls(t *testing.T) {
	t.Parallel()
	g := serve(t, "--data-dir="+t.TempDir())
	folder := t.TempDir()
	file := filepath.Join(folder, "calls.csv")
	if _, err := g.command(t, "export", "calls", file, "--org=demo"); err != nil {
		t.Fatal(err)
	}
	written := fileText(t, file)

	t.Run("the demo has a line for each call, and one for the columns", func(t *testing.T) {
		if !strings.HasPrefix(written, "status,is_test_call,call_id,") {
			t.Errorf("begins with %.80q", written)
		}
		out, err := g.command(t, "export", "calls", "-", "--org=demo")
		if err != nil || out != strings.TrimSpace(written) {
			t.Errorf("the standard output has %d bytes, the file %d (%v)", len(out), len(written), err)
		}
	})
	t.Run("no other file is left behind", func(t *testing.T) {
		entries, err := os.ReadDir(folder)
		if err != nil || len(entries) != 1 {
			t.Errorf("%v, %v", entries, err)
		}
	})
	t.Run("what events told is imported again without a difference", func(t *testing.T) {
		if _, err := g.command(t, "token", "create", "--org=again", "--scopes=all"); err != nil {
			t.Fatal(err)
		}
		out, err := g.command(t, "import", "calls", file, "--org=again")
		if want := "2000 rows: 2000 new, 0 known before, 0 refused"; err != nil || out != want {
			t.Fatalf("%q, %v, want %q", out, err, want)
		}
		again, err := g.command(t, "export", "calls", "--org=again")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.TrimSpace(written), again); diff != "" {
			t.Errorf("file differs (-exported +imported and exported):\n%.4000s", diff)
		}
	})
	t.Run("the name of the file tells the format", func(t *testing.T) {
		name := filepath.Join(folder, "calls.xlsx")
		if _, err := g.command(t, "export", "calls", name, "--org=demo"); err != nil {
			t.Fatal(err)
		}
		book, err := excelize.OpenFile(name)
		if err != nil {
			t.Fatal(err)
		}
		defer book.Close()
		if rows, err := book.GetRows("Calls"); err != nil || len(rows) != 2001 {
			t.Errorf("%d rows, %v", len(rows), err)
		}
	})
	t.Run("a period, and no personal data", func(t *testing.T) {
		out, err := command(t, "--data-dir="+t.TempDir(), "export", "calls", "--org=demo")
		if err != nil || strings.Count(out, "\n") != 0 {
			t.Errorf("of an empty folder: %q, %v", out, err)
		}
		few, err := g.command(t, "export", "calls", "--org=again", "--no-personal", "--from=2000-01-01T00:00:00Z", "--to=2000-01-02T00:00:00+01:00")
		if err != nil || strings.Count(few, "\n") != 0 {
			t.Errorf("of an empty period: %q, %v", few, err)
		}
		if _, err := g.command(t, "export", "calls", "--org=again", "--from=2026-01-02T00:00:00Z", "--to=2026-01-01T00:00:00Z"); err == nil || err.Error() != "--to must lie after --from" {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a file that cannot be written is named", func(t *testing.T) {
		_, err := g.command(t, "export", "calls", filepath.Join(folder, "missing", "calls.csv"), "--org=again")
		if err == nil || !strings.Contains(err.Error(), "missing") {
			t.Errorf("got %v", err)
		}
	})
}

func fileText(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
