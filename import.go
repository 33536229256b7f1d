package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"cartograph/analytics"
	"cartograph/demo"
	"cartograph/ingest"
	"cartograph/repository"
)

// importCommand brings in files.
type importCommand struct {
	Calls   importCalls   `cmd:"" help:"A call-stats export (CSV)."`
	Events  importEvents  `cmd:"" help:"Tracking events (JSON or NDJSON)."`
	Catalog importCatalog `cmd:"" help:"Agents, queues, products, live events, interactions and workflows (JSON or NDJSON)."`
}

// importFile is what every import is told: from where, for whom.
type importFile struct {
	File string `arg:"" type:"path" help:"The file; .gz is unpacked."`
	Org  string `help:"Organization that the data belongs to." placeholder:"ORG"`
	Demo bool   `help:"Add the file to the open demo data; everybody on this machine can read it."`
}

type (
	importCalls   struct{ importFile }
	importEvents  struct{ importFile }
	importCatalog struct{ importFile }
)

// Run imports calls.
func (c *importCalls) Run(ctx context.Context, s *Settings, t terminal, log *slog.Logger) error {
	return c.run(ctx, s, t, log, func(r *repository.Repository, org string, in io.Reader, o ingest.ImportOptions) (ingest.Summary, error) {
		return ingest.ImportCalls(ctx, r, org, in, o)
	})
}

// Run imports tracking events.
func (c *importEvents) Run(ctx context.Context, s *Settings, t terminal, log *slog.Logger) error {
	return c.run(ctx, s, t, log, func(r *repository.Repository, org string, in io.Reader, o ingest.ImportOptions) (ingest.Summary, error) {
		return ingest.ImportEvents(ctx, r, org, in, o)
	})
}

// Run imports catalog records.
func (c *importCatalog) Run(ctx context.Context, s *Settings, t terminal, log *slog.Logger) error {
	return c.run(ctx, s, t, log, func(r *repository.Repository, org string, in io.Reader, o ingest.ImportOptions) (ingest.Summary, error) {
		return ingest.ImportCatalog(ctx, r, org, in, o)
	})
}

// run opens file and database, and shows progress and problems while the file
// is read.
func (c *importFile) run(ctx context.Context, s *Settings, t terminal, log *slog.Logger,
	read func(*repository.Repository, string, io.Reader, ingest.ImportOptions) (ingest.Summary, error)) (err error) {
	file, size, err := ingest.OpenFile(c.File)
	if err != nil {
		return err
	}
	defer file.Close()
	db, err := openDatabase(ctx, s, false, log)
	if err != nil {
		return err
	}
	defer closing(db, &err)
	org, err := c.organization(ctx, db.Repository)
	if err != nil {
		return err
	}
	bar := newBar(t, size, "importing", true)
	summary, err := read(db.Repository, org, file, ingest.ImportOptions{
		Progress: func(int64) { _ = bar.Set64(file.Read64()) },
		Report: func(line int, column string, problem error) {
			_ = bar.Clear()
			fmt.Fprintln(t.err, problemAt(line, column, problem))
		},
	})
	_ = bar.Finish()
	fmt.Fprintln(t.out, summary)
	return err
}

// problemAt says what is wrong and where.
func problemAt(line int, column string, problem error) string {
	if column == "" {
		return fmt.Sprintf("line %d: %v", line, problem)
	}
	return fmt.Sprintf("line %d, %s: %v", line, column, problem)
}

// organization returns whose data the file is. It fails where that would leave
// real data open to everybody, or out of everybody's reach.
func (c *importFile) organization(ctx context.Context, repo *repository.Repository) (string, error) {
	switch {
	case c.Demo && c.Org != "" && c.Org != demo.Org:
		return "", analytics.Errorf(analytics.BadUserInput, "--demo is for organization %q; leave one of --demo and --org out", demo.Org)
	case c.Demo:
		return demo.Org, repo.StartDemo(ctx)
	case c.Org == "":
		return "", analytics.Errorf(analytics.BadUserInput, "say whose data it is by --org ORG, or add it to the open demo data by --demo")
	}
	known, err := repo.HasToken(ctx, c.Org)
	if err != nil {
		return "", err
	}
	if !known {
		return "", analytics.Errorf(analytics.Unauthenticated,
			"no token reads organization %q. Create one first, or add the file to the open demo data by --demo:\n  cartograph token create --org %s --scopes all", c.Org, c.Org)
	}
	return c.Org, nil
}
