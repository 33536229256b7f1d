// Command cartograph is a GraphQL gateway to the analytics of live commerce.
//
// Without arguments it serves: on an embedded database with demo data unless
// MONGODB_URI names another. See README.md for the other commands.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"cartograph/analytics"
)

//go:generate go tool gqlgen generate

// Settings are what every command knows, from flags or the environment.
type Settings struct {
	DataDir         string `help:"Folder of the embedded database." env:"DATA_DIR" default:"data" type:"path"`
	MongoDBURI      string `help:"A MongoDB-compatible server to use instead of the embedded database." env:"MONGODB_URI" name:"mongodb-uri" placeholder:"URI"`
	MongoDBDatabase string `help:"Name of the database." env:"MONGODB_DATABASE" name:"mongodb-database" default:"cartograph"`
	LogLevel        string `help:"How much to log: debug, info, warn or error." env:"LOG_LEVEL" enum:"debug,info,warn,error" default:"info"`
}

// commandLine is every command with its flags.
type commandLine struct {
	Settings

	Serve  serveCommand  `cmd:"" default:"withargs" help:"Run the gateway (what happens without a command)."`
	Import importCommand `cmd:"" help:"Bring in a file; .gz is read too."`
	Export exportCommand `cmd:"" help:"Write a file."`
	Demo   demoCommand   `cmd:"" help:"Load the demo data into the database."`
	Token  tokenCommand  `cmd:"" help:"Manage API tokens."`
	Copy   copyCommand   `cmd:"" help:"Copy the whole database to another server."`
	Forget forgetCommand `cmd:"" help:"Blank personal data that is too old, as a gateway does by itself."`
	Doctor doctorCommand `cmd:"" help:"Look for what is wrong with a deployment, and say what to do."`
	Health healthCommand `cmd:"" help:"Ask a gateway on this machine whether it lives."`
	Schema schemaCommand `cmd:"" help:"Print the GraphQL schema."`
}

// terminal is where commands talk to people.
type terminal struct {
	out io.Writer // what was asked for
	err io.Writer // progress and log
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], terminal{out: os.Stdout, err: os.Stderr}); err != nil {
		fmt.Fprintln(os.Stderr, "cartograph:", message(err))
		os.Exit(1)
	}
}

// run executes one command line. Tests start the program here.
func run(ctx context.Context, args []string, t terminal) error {
	var c commandLine
	parser, err := kong.New(&c,
		kong.Name("cartograph"),
		kong.Description("A GraphQL gateway to the analytics of live commerce."),
		kong.UsageOnError(),
		defaults(),
		kong.Writers(t.out, t.err),
	)
	if err != nil {
		return err
	}
	if err := checkConfiguration(parser, &c, args); err != nil {
		return err
	}
	command, err := parser.Parse(args)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(t.err, &slog.HandlerOptions{Level: level(c.LogLevel)}))
	command.BindTo(ctx, (*context.Context)(nil))
	return command.Run(&c.Settings, t, log)
}

func level(name string) slog.Level {
	var l slog.Level
	if err := l.UnmarshalText([]byte(name)); err != nil { // the enum of the flag excludes it
		return slog.LevelInfo
	}
	return l
}

// message returns what a person at the terminal should read: the safe message
// and, since they run the program, its cause.
func message(err error) string {
	var known *analytics.Error
	if errors.As(err, &known) && known.Err != nil {
		return known.Message + " (" + known.Err.Error() + ")"
	}
	return err.Error()
}
