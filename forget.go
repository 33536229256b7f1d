package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"cartograph/analytics"
	"cartograph/repository"
)

// forgetEvery is how often old personal data is looked for: one look is three
// reads of indexes that hold nothing else, and data that came in late, of calls
// long ago, had better not stay for long.
const forgetEvery = 10 * time.Minute

// maxPersonalDays is a hundred years, as for tokens.
const maxPersonalDays = maxTokenDays

// keeping is for how long personal data is kept.
type keeping struct {
	PersonalDataDays int `help:"After how many days personal data is blanked; 0 keeps it." env:"PERSONAL_DATA_DAYS" default:"28" placeholder:"DAYS"`
}

// problem says what is wrong with it, "" for nothing.
func (k keeping) problem() string {
	if k.PersonalDataDays < 0 || k.PersonalDataDays > maxPersonalDays {
		return fmt.Sprintf("PERSONAL_DATA_DAYS: from 1 to %d days, or 0 to keep personal data", maxPersonalDays)
	}
	return ""
}

// at returns what is too old at a moment.
func (k keeping) at(now time.Time) analytics.Forgetting {
	return analytics.Forgetting{Now: now, Age: time.Duration(k.PersonalDataDays) * 24 * time.Hour}
}

// keepsAll reports whether nothing is too old: because nothing ever is, or because
// the store is an open demo, whose people are invented.
func (k keeping) keepsAll(ctx context.Context, db *database) (bool, error) {
	if k.PersonalDataDays == 0 {
		return true, nil
	}
	return db.IsOpenDemo(ctx)
}

// forget blanks personal data that is too old, in the files of an embedded
// database too.
func (k keeping) forget(ctx context.Context, db *database, now time.Time) (repository.Forgotten, error) {
	forgotten, err := db.Forget(ctx, k.at(now))
	if db.embedded { // also where some of it failed
		_, failed := db.RewriteFiles(ctx)
		err = errors.Join(err, failed)
	}
	return forgotten, err
}

// forgetPersonalData does so at once, and again and again until the context ends.
// blanked hears of how many documents of a collection.
func forgetPersonalData(ctx context.Context, k keeping, db *database, blanked func(collection string, documents int), log *slog.Logger) {
	look := func(now time.Time) {
		keepsAll, err := k.keepsAll(ctx, db)
		var forgotten repository.Forgotten
		if err == nil && !keepsAll {
			forgotten, err = k.forget(ctx, db, now)
		}
		if err != nil && ctx.Err() == nil {
			log.Error("blank old personal data", "error", err)
		}
		for _, collection := range slices.Sorted(maps.Keys(forgotten)) {
			blanked(collection, forgotten[collection])
			log.Info("blanked old personal data", "collection", collection, "documents", forgotten[collection])
		}
	}
	look(time.Now())
	every(ctx, forgetEvery, look)
}

// forgetCommand blanks old personal data at once.
type forgetCommand struct {
	keeping `embed:""`
	DryRun  bool `help:"Only count the documents that hold any."`
}

// Run blanks what is too old and prints how many documents of which collections
// it was in.
func (c *forgetCommand) Run(ctx context.Context, s *Settings, t terminal, log *slog.Logger) (err error) {
	if problem := c.problem(); problem != "" {
		return errors.New(problem)
	}
	db, err := openDatabase(ctx, s, false, log)
	if err != nil {
		return err
	}
	defer closing(db, &err)
	keepsAll, err := c.keepsAll(ctx, db)
	if err != nil {
		return err
	}
	if keepsAll {
		fmt.Fprintln(t.out, "nothing to do: personal data is kept, or is that of the open demo, which is invented")
		return nil
	}
	did, run := "blanked in", func() (repository.Forgotten, error) { return c.forget(ctx, db, time.Now()) }
	if c.DryRun {
		did, run = "to be blanked in", func() (repository.Forgotten, error) { return db.Forgettable(ctx, c.at(time.Now())) }
	}
	forgotten, err := run()
	for _, collection := range slices.Sorted(maps.Keys(forgotten)) {
		fmt.Fprintf(t.out, "%s: %s %d documents\n", collection, did, forgotten[collection])
	}
	if len(forgotten) == 0 && err == nil {
		fmt.Fprintf(t.out, "no personal data is older than %d days\n", c.PersonalDataDays)
	}
	return err
}
