package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// nodeWith returns the program of Node.js. The test is skipped where it is not
// there, or lacks packages that `npm ci` installs in web/.
func nodeWith(t *testing.T, installed ...string) string {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("there is no Node.js here")
	}
	for _, name := range installed {
		if _, err := os.Stat(filepath.Join("web/node_modules", name)); err != nil {
			t.Skip("run npm ci --ignore-scripts in web/ first")
		}
	}
	return node
}

// nodeWithBrowser returns the program of Node.js, for a test that drives a
// browser by it. The test is skipped where either is not there.
func nodeWithBrowser(t *testing.T) string {
	t.Helper()
	node := nodeWith(t, "playwright-core")
	if _, err := os.Stat("/usr/bin/chromium"); err != nil && os.Getenv("BROWSER") == "" {
		t.Skip("there is no Chromium here")
	}
	return node
}
