package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/repository/repositorytest"
)

// measured is what differs from run to run in the doctor's report.
var measured = regexp.MustCompile(`version \S+|\b[0-9.]+(µs|ms|s|ns)\b`)

// slow is what the doctor says of a database that happens to be slow to answer, as
// on a busy machine; TestTheDoctorTellsOfASlowDatabase says when.
const slow = `warn  a command takes #
      run the gateway near its database: a page takes up to seven commands`

func examined(t *testing.T, args ...string) (report string, err error) {
	t.Helper()
	report, err = command(t, append([]string{"doctor"}, args...)...)
	report = measured.ReplaceAllString(report, "#")
	return strings.Replace(report, slow, "ok    a command takes #", 1), err
}

func TestTheDoctorTellsOfASlowDatabase(t *testing.T) {
	for latency, want := range map[time.Duration]finding{
		300*time.Microsecond + 1: ok("a command takes 300µs"),
		20 * time.Millisecond:    ok("a command takes 20ms"),
		21 * time.Millisecond:    warn("run the gateway near its database: a page takes up to seven commands", "a command takes 21ms"),
	} {
		if got := lookAtLatency(latency); got != want {
			t.Errorf("%s: %+v, want %+v", latency, got, want)
		}
	}
}

func TestTheDoctor(t *testing.T) {
	t.Parallel()
	uri, database := repositorytest.Database(t)
	settings := []string{"--mongodb-uri=" + uri, "--mongodb-database=" + database}

	t.Run("names what a new database lacks", func(t *testing.T) {
		report, err := examined(t, settings...)
		for _, want := range []string{"ok    the database answers", "indexes are missing: agents: org nameKey _id, ", "fail  there is no token"} {
			if !strings.Contains(report, want) {
				t.Errorf("there is no %q in\n%s", want, report)
			}
		}
		if err == nil {
			t.Error("it is content")
		}
	})
	t.Run("is content with one that a gateway can serve", func(t *testing.T) {
		if _, err := command(t, append(settings, "token", "create", "--org=acme", "--scopes=all")...); err != nil {
			t.Fatal(err)
		}
		report, err := examined(t, settings...)
		want := `ok    the database answers, #
ok    a command takes #
ok    the clocks of the gateway and the database differ by #
ok    every index is there
ok    tokens: 1
ok    no write was left half done
ok    no NATS server is set: news of other gateways come within a second`
		if diff := cmp.Diff(want, report); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	})
	t.Run("says which server cannot be reached", func(t *testing.T) {
		report, err := examined(t, "--mongodb-uri=mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200")
		if err == nil || !strings.Contains(report, "fail  database: the database cannot be reached") {
			t.Errorf("%v\n%s", err, report)
		}
		if report, err := examined(t, append(settings, "--nats-url=nats://127.0.0.1:1")...); err != nil || !strings.Contains(report, "warn  the NATS server cannot be reached") {
			t.Errorf("%v\n%s", err, report)
		}
	})
}

func TestTheDoctorOfAnEmbeddedDatabase(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	if report, err := examined(t, "--data-dir="+dir); err != nil || !strings.Contains(report, "is not there yet") {
		t.Errorf("of none: %v\n%s", err, report)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("looking made a database")
	}
	serve(t, "--data-dir="+dir) // which has the folder open
	report, err := examined(t, "--data-dir="+dir)
	want := `
ok    a command takes #
ok    the clocks of the gateway and the database differ by #
ok    every index is there
warn  there is no token: the demo data is open on this machine
      for data of your own: cartograph token create --org NAME --scopes all
ok    no write was left half done
ok    no NATS server is set: news of other gateways come within a second`
	_, got, _ := strings.Cut(report, "ok    the database answers, #")
	if !strings.Contains(report, "is there, and closed to others\n") || !strings.Contains(report, "GiB of space left") {
		t.Errorf("nothing is said of the folder:\n%s", report)
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}
