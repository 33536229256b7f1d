package main

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/demo"
	"cartograph/repository"
)

// schemaCommand prints the schema.
type schemaCommand struct{}

// Run prints the schema as the gateway serves it.
func (schemaCommand) Run(t terminal) error {
	_, err := t.out.Write(schemaSource)
	return err
}

// demoCommand loads the demo data.
type demoCommand struct{}

// Run loads what is missing of the demo data.
func (demoCommand) Run(ctx context.Context, s *Settings, t terminal, log *slog.Logger) (err error) {
	db, err := openDatabase(ctx, s, false, log)
	if err != nil {
		return err
	}
	defer closing(db, &err)
	return loadDemo(ctx, db.Repository, t)
}

// loadDemo loads the demo data. It may be repeated, and goes on where it was
// interrupted.
func loadDemo(ctx context.Context, repo *repository.Repository, t terminal) error {
	if err := repo.StartDemo(ctx); err != nil {
		return err
	}
	bar := newBar(t, -1, "loading demo data", false)
	err := demo.Load(ctx, repo, func(done, total int) {
		bar.ChangeMax(total)
		_ = bar.Set(done)
	})
	if err != nil {
		return err
	}
	if err := foldAll(ctx, repo); err != nil {
		return err
	}
	_ = bar.Finish()
	return repo.FinishDemo(ctx)
}

// foldAll folds what waits to be folded, so that the first who ask need not: demo
// data comes in faster than it is folded by the way.
func foldAll(ctx context.Context, repo *repository.Repository) error {
	for {
		workflows, err := repo.FoldWorkflows(ctx, time.Now())
		if err != nil {
			return err
		}
		live, err := repo.FoldLive(ctx, recoverAfter, time.Now())
		if err != nil {
			return err
		}
		products, err := repo.FoldProducts(ctx, time.Now())
		if err != nil {
			return err
		}
		days, err := repo.FoldCallDays(ctx, 0, time.Now())
		if err != nil {
			return err
		}
		if workflows+live+products+days == 0 {
			return nil
		}
	}
}

// tokenCommand manages tokens.
type tokenCommand struct {
	Create tokenCreateCommand `cmd:"" help:"Create a token and print it; it is not shown again."`
	List   tokenListCommand   `cmd:"" help:"List the tokens of an organization, without their secrets."`
	Revoke tokenRevokeCommand `cmd:"" help:"Revoke a token: within seconds nobody gets in by it."`
}

// tokenCreateCommand creates a token.
type tokenCreateCommand struct {
	Org    string `required:"" help:"Organization whose data the token opens."`
	Scopes string `required:"" help:"What it may do: scopes separated by commas, or all; for an agent all that an agent may have."`
	Agent  string `help:"Limit it to the calls of this agent."`
	Name   string `help:"What it is for, shown in lists."`
	// Expires is in the form of parseLife.
	Expires string `help:"When it stops working: after days, hours or minutes, such as 90d, 12h or 30m. Never if left out." placeholder:"DURATION"`
	// Origins are those of auth.NewPageKey.
	Origins []string `help:"For the scope ingest:page: the origins of the pages that may use the key, such as https://shop.example, separated by commas." placeholder:"ORIGIN"`
	Signed  bool     `help:"Make a secret for it too, and take only webhooks that are signed by it."`
}

// Run creates the token and prints its secret.
func (c *tokenCreateCommand) Run(ctx context.Context, s *Settings, t terminal, log *slog.Logger) (err error) {
	scopes, err := auth.ParseScopes(c.Scopes, c.Agent)
	if err != nil {
		return err
	}
	token, secret, err := c.newToken(scopes, time.Now())
	if err != nil {
		return err
	}
	if err := c.describe(&token, time.Now()); err != nil {
		return err
	}
	db, err := openDatabase(ctx, s, false, log)
	if err != nil {
		return err
	}
	defer closing(db, &err)
	open, err := db.IsOpenDemo(ctx)
	if err != nil {
		return err
	}
	if err := db.CreateToken(ctx, token); err != nil {
		return err
	}
	if open {
		fmt.Fprintf(t.err, "From now on every request needs a token; the demo data is read with one of organization %q.\n", demo.Org)
	}
	fmt.Fprintln(t.out, secret)
	if c.Signed {
		fmt.Fprintln(t.out, token.WebhookSecret)
	}
	return nil
}

// describe gives a token its name, its end and its secret for webhooks.
func (c *tokenCreateCommand) describe(token *auth.Token, now time.Time) error {
	if c.Signed {
		token.WebhookSecret = auth.NewWebhookSecret()
	}
	if err := token.SetName(c.Name); err != nil || c.Expires == "" {
		return err
	}
	life, err := parseLife(c.Expires)
	if err != nil {
		return err
	}
	return token.Limit(now.Add(life), now)
}

// parseLife reads how long a token lives: a number with d for days, or what Go
// reads as a duration. It fails with BadUserInput for anything else.
func parseLife(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.Atoi(days)
		if err == nil && n > 0 && n <= maxTokenDays {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	} else if life, err := time.ParseDuration(text); err == nil && life > 0 {
		return life, nil
	}
	return 0, analytics.Errorf(analytics.BadUserInput, "--expires %q: write 90d, 12h or 30m, at most %dd", text, maxTokenDays)
}

// maxTokenDays is a hundred years: beyond it somebody mistyped.
const maxTokenDays = 36_500

// tokenListCommand lists tokens.
type tokenListCommand struct {
	Org string `required:"" help:"Organization whose tokens to list."`
}

// Run prints a line for each token, the first created first.
func (c *tokenListCommand) Run(ctx context.Context, s *Settings, t terminal, log *slog.Logger) (err error) {
	db, err := openDatabase(ctx, s, false, log)
	if err != nil {
		return err
	}
	defer closing(db, &err)
	tokens, err := db.Tokens(ctx, c.Org)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tPREFIX\tNAME\tSCOPES\tAGENT\tCREATED\tEXPIRES\tLAST USED")
	for _, token := range tokens {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", token.ID(), orDash(token.Prefix), orDash(token.Name), strings.Join(token.Scopes.Strings(), ","),
			orDash(token.Agent), token.CreatedAt.UTC().Format(time.RFC3339), whenever(token.ExpiresAt), whenever(token.LastUsed))
	}
	return table.Flush()
}

// whenever prints a moment to the second, a dash for none.
func whenever(at *time.Time) string {
	if at == nil {
		return "-"
	}
	return at.UTC().Format(time.RFC3339)
}

// orDash prints a text in one line, a dash for none.
func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return strings.Join(strings.Fields(text), " ")
}

// tokenRevokeCommand revokes a token.
type tokenRevokeCommand struct {
	ID  string `arg:"" help:"The token's id, as token list shows it."`
	Org string `required:"" help:"Organization whose token it is."`
}

// Run removes the token.
func (c *tokenRevokeCommand) Run(ctx context.Context, s *Settings, _ terminal, log *slog.Logger) (err error) {
	db, err := openDatabase(ctx, s, false, log)
	if err != nil {
		return err
	}
	defer closing(db, &err)
	return db.RevokeToken(ctx, c.Org, c.ID)
}

// newToken returns a token, or the key of a page, with its secret.
func (c *tokenCreateCommand) newToken(scopes auth.Scopes, now time.Time) (auth.Token, string, error) {
	switch page := scopes.Has(auth.IngestPage); {
	case page && (c.Agent != "" || c.Signed):
		return auth.Token{}, "", analytics.Errorf(analytics.BadUserInput, "the key of a page takes no --agent and no --signed")
	case page:
		return auth.NewPageKey(c.Org, c.Origins, now)
	case len(c.Origins) > 0:
		return auth.Token{}, "", analytics.Errorf(analytics.BadUserInput, "--origins goes with --scopes ingest:page alone")
	default:
		return auth.NewToken(c.Org, c.Agent, scopes, now)
	}
}

// copyCommand copies the database to another server.
type copyCommand struct {
	To         string `required:"" placeholder:"URI" help:"The MongoDB-compatible server to copy to."`
	ToDatabase string `default:"cartograph" help:"Name of the database there."`
}

// Run copies every document; it may be repeated and then brings the copy up to
// date, but for what was deleted in between.
func (c *copyCommand) Run(ctx context.Context, s *Settings, t terminal, log *slog.Logger) (err error) {
	db, err := openDatabase(ctx, s, false, log)
	if err != nil {
		return err
	}
	defer closing(db, &err)
	target, err := repository.Open(repository.Options{URI: c.To, Database: c.ToDatabase})
	if err != nil {
		return err
	}
	defer target.Close(context.Background())
	if err := target.EnsureIndexes(ctx); err != nil {
		return err
	}
	bar := newBar(t, -1, "copying documents", false)
	n, err := db.CopyTo(ctx, target, func(done int) { _ = bar.Set(done) })
	_ = bar.Finish()
	if err != nil {
		return err
	}
	if n == 0 {
		return fmt.Errorf("there is nothing to copy in the database %q: --mongodb-database says which one to copy from, --to-database which one to copy to", s.MongoDBDatabase)
	}
	fmt.Fprintf(t.out, "%d documents copied\n", n)
	return nil
}
