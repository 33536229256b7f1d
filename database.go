package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"cartograph/embedded"
	"cartograph/repository"
)

// database is an open repository and, where this process runs it, the embedded
// engine behind it.
type database struct {
	*repository.Repository
	engine   *embedded.Server // nil: the database runs elsewhere
	embedded bool             // also where another process runs it
}

// openDatabase opens the database that the settings name, with all indexes.
//
// The embedded engine is started for it; where another process already has the
// folder open, commands talk to that process. With exclusive set that is an
// error: two gateways do not share a folder.
func openDatabase(ctx context.Context, s *Settings, exclusive bool, log *slog.Logger) (*database, error) {
	return openWith(ctx, repository.Options{}, s, exclusive, log)
}

// openWith is openDatabase with options of the repository; which database it is
// the settings say.
func openWith(ctx context.Context, o repository.Options, s *Settings, exclusive bool, log *slog.Logger) (*database, error) {
	uri := s.MongoDBURI
	d := &database{embedded: uri == ""}
	if uri == "" {
		engine, err := embedded.Open(s.DataDir, embedded.Options{Logger: log})
		switch {
		case err == nil:
			d.engine = engine
			uri = engine.URI()
		case errors.Is(err, embedded.ErrLocked) && !exclusive:
			if uri, err = embedded.URI(s.DataDir); err != nil {
				return nil, err
			}
		case errors.Is(err, embedded.ErrLocked):
			return nil, fmt.Errorf("another gateway runs on the data folder %s: stop it, or name another folder by DATA_DIR: %w", s.DataDir, err)
		default:
			return nil, err
		}
	}
	o.URI, o.Database = uri, s.MongoDBDatabase
	repo, err := repository.Open(o)
	if err != nil {
		return nil, errors.Join(err, d.closeEngine())
	}
	d.Repository = repo
	if err := repo.EnsureIndexes(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// Close ends the connections and stops the engine, which writes what it holds.
func (d *database) Close() error {
	err := d.Repository.Close(context.Background())
	return errors.Join(err, d.closeEngine())
}

// closing closes the database when a command ends; what goes wrong in that is
// the command's error unless it has another.
func closing(d *database, err *error) {
	*err = errors.Join(*err, d.Close())
}

func (d *database) closeEngine() error {
	if d.engine == nil {
		return nil
	}
	return d.engine.Close()
}
