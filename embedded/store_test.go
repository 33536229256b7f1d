package embedded

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"
)

// openStore opens the store of a folder without a socket.
func openStore(dir string, files fileSystem, o Options) (*store, error) {
	if files == nil {
		files = disk{noSync: true}
	}
	if o.SnapshotBytes == 0 {
		o.SnapshotBytes = 1 << 40
	}
	s := &store{
		logger: slog.New(slog.DiscardHandler), memoryLimit: 1 << 40, files: files, dir: dir,
		wake: make(chan struct{}, 1), snapshots: snapshotter{threshold: o.SnapshotBytes},
	}
	if o.Logger != nil {
		s.logger = o.Logger
	}
	if o.MemoryLimit != 0 {
		s.memoryLimit = o.MemoryLimit
	}
	if err := s.recover(); err != nil {
		return nil, err
	}
	s.loop.Go(s.commitLoop)

	return s, nil
}

func mustOpen(t *testing.T, dir string, files fileSystem, o Options) *store {
	t.Helper()
	s, err := openStore(dir, files, o)
	if err != nil {
		t.Fatal(err)
	}

	return s
}

// byID returns the record with that _id.
func (c *collection) byID(id value) record { return c.byKey(appendKey(nil, id)) }

// put writes documents, each with its own batch, and stops at the first error.
func (s *store) put(ns string, docs ...[]byte) error {
	for _, doc := range docs {
		err := s.write(func(t *tx) error {
			c := t.ensure(ns)
			return t.replace(c, c.byID(lookup(doc, "_id")), doc)
		})
		if err != nil {
			return err
		}
	}

	return nil
}

// content is all that is published, as text.
func (s *store) content(t *testing.T) []string {
	t.Helper()
	v := s.published.Load()
	var out []string
	total := int64(0)
	for ns, c := range v.colls {
		checkIndexes(t, c)
		total += c.bytes
		for _, ix := range c.indexes[1:] {
			out = append(out, ns+" index "+bson.Raw(ix.spec).String())
		}
		for _, r := range stored(c) {
			out = append(out, ns+" "+bson.Raw(r.raw).String())
		}
	}
	if got := memory(v.colls); got != total {
		t.Errorf("estimated %d bytes in all, and %d by collection", got, total)
	}

	return out
}

// awaitSnapshot waits until there is a snapshot, and none is being written.
func (s *store) awaitSnapshot(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		found, err := listFolder(s.dir)
		if err == nil && len(found.snapshots) == 1 && len(found.leftovers) == 0 && !s.snapshots.running.Load() {
			return
		}
	}
	t.Fatal("no snapshot was written")
}

func TestReopeningBringsEverythingBack(t *testing.T) {
	for _, snapshotBytes := range []int64{0, 1, 2000} {
		t.Run(fmt.Sprintf("snapshots from %d bytes", snapshotBytes), func(t *testing.T) {
			dir := t.TempDir()
			var want []string
			for round := range 4 {
				s := mustOpen(t, dir, nil, Options{SnapshotBytes: snapshotBytes})
				if diff := cmp.Diff(want, s.content(t)); diff != "" {
					t.Fatalf("round %d (-want +got):\n%s", round, diff)
				}
				err := s.write(func(tx *tx) error {
					c := tx.ensure("db.c")
					for i := range 50 {
						doc := d("_id", i, "n", round, "pad", strings.Repeat("x", 50))
						if err := tx.replace(c, c.byID(val(i)), doc); err != nil {
							return err
						}
					}
					if round == 1 {
						return tx.addIndex(c, mustIndex(t, o("n", 1), false))
					}
					if round == 2 {
						tx.drop(tx.ensure("db.gone"))
						return tx.replace(c, c.byID(val(7)), nil)
					}
					if round == 3 {
						tx.dropIndex(c, 1)
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				want = s.content(t)
				if err := s.close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func TestASnapshotReplacesTheLog(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir, nil, Options{SnapshotBytes: 1000})
	for i := range 200 {
		if err := s.put("db.c", d("_id", i%10, "n", i)); err != nil {
			t.Fatal(err)
		}
	}
	s.awaitSnapshot(t)
	want := s.content(t)
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	found, err := listFolder(dir)
	if err != nil || len(found.snapshots) != 1 || len(found.segments) > 2 || found.segments[0] == 1 {
		t.Errorf("the folder holds %+v (%v)", found, err)
	}
	s = mustOpen(t, dir, nil, Options{})
	defer s.close()
	if diff := cmp.Diff(want, s.content(t)); diff != "" {
		t.Error(diff)
	}
}

// A log that ends anywhere within its last frame opens without that frame; one that is broken before is refused.
func TestTornTailsAndDamage(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir, nil, Options{})
	var states [][]string
	var ends []int64
	for i := range 5 {
		states = append(states, s.content(t))
		ends = append(ends, s.log.at)
		if err := s.put("db.c", d("_id", i, "text", strings.Repeat("y", i))); err != nil {
			t.Fatal(err)
		}
	}
	states = append(states, s.content(t))
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, segmentName(1))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	ends = append(ends, int64(len(whole)))

	reopen := func(t *testing.T, content []byte) (*store, string, error) {
		t.Helper()
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		var report bytes.Buffer
		s, err := openStore(dir, nil, Options{Logger: slog.New(slog.NewTextHandler(&report, nil))})
		return s, report.String(), err
	}

	for size := ends[3]; size <= ends[5]; size++ {
		for _, tail := range []string{"", "\xFF\x00\x00\x00\x00\x00", "garbage"} {
			s, report, err := reopen(t, append(bytes.Clone(whole[:size]), tail...))
			if err != nil {
				t.Fatalf("cut at %d: %v", size, err)
			}
			frames := 3
			for frames < 5 && ends[frames+1] <= size {
				frames++
			}
			if diff := cmp.Diff(states[frames], s.content(t)); diff != "" {
				t.Fatalf("cut at %d (-want +got):\n%s", size, diff)
			}
			if torn := size != ends[frames] || tail != ""; torn != strings.Contains(report, fmt.Sprintf("offset=%d", ends[frames])) {
				t.Fatalf("cut at %d, reported: %s", size, report)
			}
			if err := s.put("db.c", d("_id", "after")); err != nil {
				t.Fatal(err)
			}
			want := s.content(t)
			if err := s.close(); err != nil {
				t.Fatal(err)
			}
			s = mustOpen(t, dir, nil, Options{})
			if diff := cmp.Diff(want, s.content(t)); diff != "" {
				t.Fatalf("cut at %d, written to and opened again (-want +got):\n%s", size, diff)
			}
			if err := s.close(); err != nil {
				t.Fatal(err)
			}
		}
	}

	for at := range whole {
		broken := bytes.Clone(whole)
		broken[at] ^= 0x10
		s, _, err := reopen(t, broken)
		if int64(at) >= ends[4] { // the last frame: no one can tell it from a torn one
			if err != nil {
				t.Fatalf("byte %d: %v", at, err)
			}
			if diff := cmp.Diff(states[4], s.content(t)); diff != "" {
				t.Fatalf("byte %d (-want +got):\n%s", at, diff)
			}
			_ = s.close()
			continue
		}
		var damage *DamageError
		frame := 0
		for frame < 4 && ends[frame+1] <= int64(at) {
			frame++
		}
		offset := ends[frame]
		if int64(at) < ends[0] {
			offset = 0
		}
		if !errors.As(err, &damage) || damage.Offset != offset || damage.File != segmentName(1) {
			t.Fatalf("byte %d: got %v, want damage at %d", at, err, offset)
		}
		if now, _ := os.ReadFile(path); !bytes.Equal(now, broken) {
			t.Fatalf("byte %d: the file was changed", at)
		}
	}
}

func TestDamagedSnapshotsAndMissingSegmentsAreRefused(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir, nil, Options{SnapshotBytes: 500})
	for i := range 50 {
		if err := s.put("db.c", d("_id", i)); err != nil {
			t.Fatal(err)
		}
	}
	s.awaitSnapshot(t)
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	found, _ := listFolder(dir)
	name := filepath.Join(dir, snapshotName(found.snapshots[0]))
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}

	var damage *DamageError
	for at := range whole {
		broken := bytes.Clone(whole)
		broken[at] ^= 1
		_ = os.WriteFile(name, broken, 0o600)
		if _, err := openStore(dir, nil, Options{}); !errors.As(err, &damage) {
			t.Fatalf("byte %d: %v", at, err)
		}
	}
	for size := range whole {
		_ = os.WriteFile(name, whole[:size], 0o600)
		if _, err := openStore(dir, nil, Options{}); !errors.As(err, &damage) {
			t.Fatalf("cut at %d: %v", size, err)
		}
	}
	_ = os.Remove(name)
	if _, err := openStore(dir, nil, Options{}); !errors.As(err, &damage) {
		t.Fatalf("without a snapshot: %v", err)
	}
}

func TestTheMemoryLimitRefusesGrowthOnly(t *testing.T) {
	s := mustOpen(t, t.TempDir(), nil, Options{MemoryLimit: 2000})
	defer s.close()
	pad := strings.Repeat("x", 200)
	last := 0
	for ; last < 20; last++ {
		if err := s.put("db.c", d("_id", last, "pad", pad)); err != nil {
			if asProtocol(err).code != codeMemoryLimit {
				t.Fatal(err)
			}
			break
		}
	}
	if last < 4 || last > 8 {
		t.Errorf("%d documents fitted", last)
	}
	if err := s.put("db.c", d("_id", 0, "pad", "")); err != nil {
		t.Errorf("shrink a document: %v", err)
	}
	s.content(t)
}

// Sixteen writers at once share syncs, and none waits for more than two.
func TestWritersShareASync(t *testing.T) {
	files := &slowDisk{}
	s := mustOpen(t, t.TempDir(), files, Options{})
	defer s.close()
	files.syncs.Store(0)
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			if err := s.put("db.c", d("_id", i)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := files.syncs.Load(); n > 8 {
		t.Errorf("16 writers took %d syncs", n)
	}
	if n := s.published.Load().colls["db.c"].count(); n != 16 {
		t.Errorf("%d documents", n)
	}
}

// slowDisk takes its time to sync, and counts.
type slowDisk struct {
	disk
	syncs atomic.Int64
}

func (d *slowDisk) open(path string, flags int) (file, error) {
	f, err := d.disk.open(path, flags)

	return &slowFile{f, d}, err
}

type slowFile struct {
	file
	on *slowDisk
}

func (f *slowFile) Sync() error {
	f.on.syncs.Add(1)
	time.Sleep(5 * time.Millisecond)

	return nil
}

func FuzzReadOp(f *testing.F) {
	f.Add(appendOp(appendOp(nil, opCreate, "db.c", nil), opPut, "db.c", d("_id", 1)))
	f.Add(appendOp(nil, opEnd, "", binary.AppendUvarint(nil, 3)))
	f.Fuzz(func(t *testing.T, b []byte) {
		for {
			_, _, _, rest, ok := readOp(b)
			if !ok || len(rest) >= len(b) {
				return
			}
			b = rest
		}
	})
}
