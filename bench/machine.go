package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// describeMachine returns what figures were measured on, as rows of a table.
func describeMachine(ctx context.Context, s *servers, embedded bool) string {
	var rows strings.Builder
	row := func(what, value string) { fmt.Fprintf(&rows, "| %s | %s |\n", what, value) }
	row("processor", fmt.Sprintf("%s, %d cores", field("/proc/cpuinfo", "model name"), runtime.NumCPU()))
	row("memory", memoryOfMachine())
	row("kernel", contents("/proc/sys/kernel/osrelease"))
	row("Go", runtime.Version())
	row("Node.js", output(ctx, "node", "--version"))
	row("gateway", "commit "+output(ctx, "git", "describe", "--always", "--dirty"))
	if embedded {
		row("database", "the embedded one of this commit, in a process of its own")
	} else {
		row("database", databaseVersion(ctx, s.uri))
	}
	return rows.String()
}

// loadAverage returns how many processes wanted a core in the last 1, 5 and 15
// minutes.
func loadAverage() string {
	return strings.Join(strings.Fields(contents("/proc/loadavg") + " ? ? ?")[:3], " ")
}

// contents returns what a file of the kernel says.
func contents(file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(text))
}

// field returns the first line of a name of a listing of the kernel.
func field(file, name string) string {
	_, after, found := strings.Cut("\n"+contents(file), "\n"+name)
	line, _, _ := strings.Cut(after, "\n")
	if _, value, named := strings.Cut(line, ":"); found && named {
		return strings.TrimSpace(value)
	}
	return "unknown"
}

func memoryOfMachine() string {
	mb, err := kilobytes(contents("/proc/meminfo"), "MemTotal:")
	if err != nil {
		return "unknown"
	}
	return fmt.Sprintf("%.1f GiB", mb/1024)
}

// output returns what a command prints.
func output(ctx context.Context, name string, args ...string) string {
	printed, err := exec.CommandContext(ctx, name, args...).Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(printed))
}

// databaseVersion returns what a database says of itself.
func databaseVersion(ctx context.Context, uri string) string {
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		return "unknown"
	}
	defer func() { _ = client.Disconnect(ctx) }()
	var info struct {
		Version  string `bson:"version"`
		FerretDB struct {
			Version string `bson:"version"`
		} `bson:"ferretdb"`
	}
	if err := client.Database("admin").RunCommand(ctx, bson.D{{Key: "buildInfo", Value: 1}}).Decode(&info); err != nil {
		return "unknown"
	}
	if info.FerretDB.Version != "" {
		return fmt.Sprintf("FerretDB %s (speaks as MongoDB %s)", info.FerretDB.Version, info.Version)
	}
	return "MongoDB " + info.Version
}
