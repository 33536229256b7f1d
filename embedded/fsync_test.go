package embedded

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// filesWith returns how many files of a folder hold a text.
func filesWith(t *testing.T, dir, text string) int {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err == nil && bytes.Contains(content, []byte(text)) {
			found++
		}
	}

	return found
}

func TestWhatWasOverwrittenIsInNoFileAfterFsync(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir, nil, Options{})
	write := func(docs ...[]byte) {
		t.Helper()
		if err := s.put("db.c", docs...); err != nil {
			t.Fatal(err)
		}
	}
	sync := func() {
		t.Helper()
		if err := s.snapshot(); err != nil {
			t.Fatal(err)
		}
	}
	wantFiles := func(text string, want int) {
		t.Helper()
		if got := filesWith(t, dir, text); got != want {
			t.Errorf("%d files hold %q, want %d", got, text, want)
		}
	}
	sync() // of nothing
	write(d("_id", 1, "name", "MARK-1"), d("_id", 2, "name", "MARK-2"))
	wantFiles("MARK-1", 1)
	sync()
	wantFiles("MARK-1", 1)
	write(d("_id", 1, "name", "other"))
	wantFiles("MARK-1", 1)
	sync()
	wantFiles("MARK-1", 0)
	wantFiles("MARK-2", 1)
	sync() // with nothing new

	want := s.content(t)
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	s = mustOpen(t, dir, nil, Options{})
	defer s.close()
	if diff := cmp.Diff(want, s.content(t)); diff != "" {
		t.Errorf("reopened (-want +got)\n%s", diff)
	}
	sync() // of what the files had
	write(d("_id", 2, "name", "other"))
	sync()
	wantFiles("MARK-2", 0)
}

func TestFsyncTellsOfItsFailure(t *testing.T) {
	dir := t.TempDir()
	files := &faulty{disk: disk{noSync: true}, room: -1}
	s := mustOpen(t, dir, files, Options{})
	if err := s.put("db.c", d("_id", 1, "name", "MARK", "pad", strings.Repeat("x", 100))); err != nil {
		t.Fatal(err)
	}
	files.set(func(f *faulty) { f.name = errDisk })
	if err := s.snapshot(); err == nil || !strings.Contains(err.Error(), errDisk.Error()) {
		t.Errorf("got %v, want %v", err, errDisk)
	}
	files.set(func(f *faulty) { f.name = nil })
	if err := s.put("db.c", d("_id", 1, "name", "other")); err != nil {
		t.Fatal(err)
	}
	if err := s.snapshot(); err != nil || filesWith(t, dir, "MARK") != 0 {
		t.Errorf("after the failure: %v, %d files hold the mark", err, filesWith(t, dir, "MARK"))
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	if err := s.snapshot(); err == nil {
		t.Error("a closed store wrote a snapshot")
	}
}

func TestManyWhoAskForASnapshotAtATimeAllGetOne(t *testing.T) {
	s := mustOpen(t, t.TempDir(), nil, Options{SnapshotBytes: 2000})
	defer s.close()
	done := make(chan error)
	for i := range 8 {
		go func() {
			err := s.put("db.c", d("_id", i, "pad", strings.Repeat("x", 500)))
			if err == nil {
				err = s.snapshot()
			}
			done <- err
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
