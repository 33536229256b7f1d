package crashtest

import (
	"bufio"
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"cartograph/embedded"
)

// folderVariable is set for a child, to the folder it is to serve.
const folderVariable = "CRASHTEST_FOLDER"

// snapshotBytes is small, so that kills meet snapshots: a round writes several times as much.
const snapshotBytes = 64 << 10

// startTimeout is far more than a child needs to recover: it turns a hang into a failure.
const startTimeout = 30 * time.Second

func TestMain(m *testing.M) {
	if folder := os.Getenv(folderVariable); folder != "" {
		os.Exit(serve(folder))
	}

	os.Exit(m.Run())
}

// serve is the child: it opens the folder, prints the URI and waits to be killed.
func serve(folder string) int {
	server, err := embedded.Open(folder, embedded.Options{
		SnapshotBytes: snapshotBytes,
		Logger:        slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "open folder:", err)
		return 1
	}

	fmt.Println(server.URI())
	select {}
}

// child is a running server process.
type child struct {
	command *exec.Cmd
	stdout  *bufio.Reader
	stderr  bytes.Buffer
}

func startChild(t *testing.T, folder string) *child {
	t.Helper()

	c := &child{command: exec.Command(os.Args[0])}
	c.command.Env = append(os.Environ(), folderVariable+"="+folder)
	c.command.Stderr = &c.stderr
	stdout, err := c.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.stdout = bufio.NewReader(stdout)
	if err := c.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.kill)

	return c
}

// uri waits until the child serves. The test fails when it ends instead: it could not open the folder.
func (c *child) uri(t *testing.T) string {
	t.Helper()

	hung := time.AfterFunc(startTimeout, c.kill)
	defer hung.Stop()
	line, err := c.stdout.ReadString('\n')
	if err != nil {
		c.kill()
		t.Fatalf("the child did not open the folder: %v\n%s", err, c.stderr.String())
	}

	return strings.TrimSpace(line)
}

// kill ends the child as a crash does, and waits until it is gone.
func (c *child) kill() {
	_ = c.command.Process.Kill()
	_ = c.command.Wait()
}
