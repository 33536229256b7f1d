package embedded

import (
	"errors"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// faulty is a disk that fails as it is told.
type faulty struct {
	disk
	mu    sync.Mutex
	room  int64 // bytes that may still be written; negative for no bound
	sync  error
	trunc error
	name  error
}

func (f *faulty) open(path string, flags int) (file, error) {
	inner, err := f.disk.open(path, flags)
	if err != nil {
		return nil, err
	}

	return &faultyFile{inner, f}, nil
}

func (f *faulty) rename(from, to string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.name != nil {
		return f.name
	}

	return f.disk.rename(from, to)
}

func (f *faulty) set(change func(f *faulty)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f)
}

type faultyFile struct {
	file
	on *faulty
}

func (f *faultyFile) Write(b []byte) (int, error) {
	f.on.mu.Lock()
	defer f.on.mu.Unlock()
	if f.on.room >= 0 && int64(len(b)) > f.on.room {
		n, _ := f.file.Write(b[:f.on.room])
		f.on.room = 0
		return n, syscall.ENOSPC
	}
	if f.on.room >= 0 {
		f.on.room -= int64(len(b))
	}

	return f.file.Write(b)
}

func (f *faultyFile) Sync() error {
	f.on.mu.Lock()
	defer f.on.mu.Unlock()
	if f.on.sync != nil {
		return f.on.sync
	}

	return f.file.Sync()
}

func (f *faultyFile) Truncate(n int64) error {
	f.on.mu.Lock()
	defer f.on.mu.Unlock()
	if f.on.trunc != nil {
		return f.on.trunc
	}

	return f.file.Truncate(n)
}

var errDisk = errors.New("input/output error")

func TestAFullDiskIsAnErrorUntilThereIsRoom(t *testing.T) {
	dir := t.TempDir()
	files := &faulty{disk: disk{noSync: true}, room: -1}
	s := mustOpen(t, dir, files, Options{})
	if err := s.put("db.c", d("_id", 1)); err != nil {
		t.Fatal(err)
	}
	want := s.content(t)
	for room := range int64(60) {
		files.set(func(f *faulty) { f.room = room })
		err := s.put("db.c", d("_id", 2, "pad", strings.Repeat("z", 50)))
		if err == nil || asProtocol(err).code != codeOutOfDiskSpace {
			t.Fatalf("with room for %d bytes: %v", room, err)
		}
		if diff := cmp.Diff(want, s.content(t)); diff != "" {
			t.Fatalf("a failed write is visible:\n%s", diff)
		}
	}
	files.set(func(f *faulty) { f.room = -1 })
	if err := s.put("db.c", d("_id", 3)); err != nil {
		t.Fatal(err)
	}
	want = s.content(t)
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	s = mustOpen(t, dir, nil, Options{})
	defer s.close()
	if diff := cmp.Diff(want, s.content(t)); diff != "" {
		t.Error(diff)
	}
}

func TestAFailureOfTheDiskStopsWritesButNotReads(t *testing.T) {
	for name, fail := range map[string]func(f *faulty){
		"sync":          func(f *faulty) { f.sync = errDisk },
		"write and cut": func(f *faulty) { f.room, f.trunc = 3, errDisk },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			files := &faulty{disk: disk{noSync: true}, room: -1}
			s := mustOpen(t, dir, files, Options{})
			if err := s.put("db.c", d("_id", 1)); err != nil {
				t.Fatal(err)
			}
			want := s.content(t)
			files.set(fail)
			if err := s.put("db.c", d("_id", 2)); err == nil {
				t.Fatal("a write that failed was acknowledged")
			}
			files.set(func(f *faulty) { f.sync, f.trunc, f.room = nil, nil, -1 })
			if err := s.put("db.c", d("_id", 3)); err == nil || asProtocol(err).code != codeOperationFailed || !strings.Contains(err.Error(), "restart") {
				t.Errorf("a write after the failure: %v", err)
			}
			if diff := cmp.Diff(want, s.content(t)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			_ = s.close()
			s = mustOpen(t, dir, nil, Options{})
			defer s.close()
			if diff := cmp.Diff(want, s.content(t)); diff != "" {
				t.Errorf("reopened (-want +got)\n%s", diff)
			}
		})
	}
}

func TestASnapshotThatFailsLosesNothing(t *testing.T) {
	for name, fail := range map[string]func(f *faulty){
		"no room":   func(f *faulty) { f.room = 5000 },
		"no rename": func(f *faulty) { f.name = errDisk },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			files := &faulty{disk: disk{noSync: true}, room: -1}
			s := mustOpen(t, dir, files, Options{SnapshotBytes: 3000})
			files.set(fail)
			for i := range 100 {
				if err := s.put("db.c", d("_id", i, "pad", strings.Repeat("x", 100))); err != nil {
					break
				}
			}
			for s.snapshots.running.Load() {
				time.Sleep(time.Millisecond)
			}
			files.set(func(f *faulty) { f.room, f.name = -1, nil })
			if err := s.put("db.c", d("_id", "after")); err != nil {
				t.Fatal(err)
			}
			want := s.content(t)
			if err := s.close(); err != nil {
				t.Fatal(err)
			}
			s = mustOpen(t, dir, nil, Options{})
			defer s.close()
			if diff := cmp.Diff(want, s.content(t)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}
