package main

import (
	"bytes"
	"debug/elf"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/goccy/go-yaml"
)

// The image is a static program that runs as nobody and writes to its data folder
// and /tmp alone. There is no Docker in tests: the program is built as the recipe
// says, and run as such a user in a root that is read-only and has nothing else.
func TestTheProgramOfTheImage(t *testing.T) {
	if testing.Short() || os.Getuid() != 0 {
		t.Skip("builds the program, and needs root to be somebody else")
	}
	t.Parallel()
	if out, err := exec.Command("unshare", "--mount", "true").CombinedOutput(); err != nil {
		t.Skipf("nothing can be mounted here: %s", out)
	}
	recipe, err := os.ReadFile("deploy/Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(recipe), "CGO_ENABLED=0 go build -trimpath -ldflags='-s -w'") || !strings.Contains(string(recipe), "USER 65532:65532") {
		t.Fatal("this is not how the image is built")
	}
	home, err := os.MkdirTemp("/tmp", "image") // which other users can reach
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(home) })
	root := filepath.Join(home, "root")
	for _, folder := range []string{"root", "root/data", "root/tmp", "data", "tmp"} {
		if err := os.Mkdir(filepath.Join(home, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	program := filepath.Join(root, "cartograph")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	checkStatic(t, program)
	for _, folder := range []string{"data", "tmp"} {
		if err := os.Chown(filepath.Join(home, folder), 65532, 65532); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(home, 0o555); err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	as := func(args ...string) *exec.Cmd {
		c := exec.Command("unshare", append([]string{"--mount", "sh", "-c", inImage, "sh"}, args...)...)
		c.Dir, c.Env = home, []string{"LISTEN_ADDR=" + address, "DATA_DIR=/data", "PATH=" + os.Getenv("PATH")}
		return c
	}
	gateway := as()
	out, in := io.Pipe()
	gateway.Stdout, gateway.Stderr = in, in
	if err := gateway.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = gateway.Process.Kill() })
	var said bytes.Buffer
	for chunk := make([]byte, 4096); !bytes.Contains(said.Bytes(), []byte("is ready")); {
		n, err := out.Read(chunk)
		said.Write(chunk[:n])
		if err != nil {
			t.Fatalf("%v\n%s", err, said.String())
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	for _, args := range [][]string{{"health"}, {"health", "--ready"}} {
		if answer, err := as(args...).CombinedOutput(); err != nil || string(answer) != "ok\n" {
			t.Errorf("%v: %v %s", args, err, answer)
		}
	}
	if _, err := http.Get("http://" + address + "/healthz"); err != nil {
		t.Error(err)
	}
	if err := errors.Join(gateway.Process.Signal(syscall.SIGTERM), gateway.Wait()); err != nil {
		t.Errorf("it ended with %v", err)
	}
	if answer, err := as("health").CombinedOutput(); err == nil {
		t.Errorf("it lives on: %s", answer)
	}
}

// inImage runs the program as in a container: in its root, which is mounted
// read-only, with its two volumes.
const inImage = `mount --bind root root && mount -o remount,ro,bind root &&
	mount --bind data root/data && mount --bind tmp root/tmp &&
	exec chroot --userspec=65532:65532 root /cartograph "$@"`

// checkStatic fails where a program needs a loader or libraries, of which an empty
// image has none.
func checkStatic(t *testing.T, program string) {
	t.Helper()
	file, err := elf.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, part := range file.Progs {
		if part.Type == elf.PT_INTERP || part.Type == elf.PT_DYNAMIC {
			t.Errorf("the program has a part %s", part.Type)
		}
	}
}

func TestTheManifestsCanBeRead(t *testing.T) {
	for file, kinds := range map[string][]string{
		"deploy/compose.yaml":    {""},
		"deploy/kubernetes.yaml": {"Secret", "Deployment", "Service", "PodDisruptionBudget"},
	} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		decoder := yaml.NewDecoder(bytes.NewReader(text), yaml.DisallowUnknownField())
		for _, kind := range kinds {
			var document map[string]any
			if err := decoder.Decode(&document); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			if got, _ := document["kind"].(string); got != kind {
				t.Errorf("%s has %s, want %s", file, got, kind)
			}
		}
	}
}
