package embedded

import (
	"io"
	"os"
	"path/filepath"
)

// fileSystem is all that the store does with files; tests put one in its place that fails.
type fileSystem interface {
	// create opens a new file for writing; it fails when there is one of that name.
	create(path string) (file, error)
	// open opens a file for reading and for appending.
	open(path string) (file, error)
	rename(from, to string) error
	remove(path string) error
	list(dir string) ([]string, error)
	// syncDir makes creations, renames and removals in dir durable.
	syncDir(dir string) error
}

type file interface {
	io.ReadWriteSeeker
	io.Closer
	Sync() error
	Truncate(size int64) error
}

// disk is the fileSystem of the machine; with noSync set nothing waits for the disk.
type disk struct{ noSync bool }

var _ fileSystem = disk{}

type diskFile struct {
	*os.File
	noSync bool
}

func (f diskFile) Sync() error {
	if f.noSync {
		return nil
	}

	return f.File.Sync()
}

func (d disk) create(path string) (file, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}

	return diskFile{f, d.noSync}, nil
}

func (d disk) open(path string) (file, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}

	return diskFile{f, d.noSync}, nil
}

func (d disk) rename(from, to string) error { return os.Rename(from, to) }

func (d disk) remove(path string) error { return os.Remove(path) }

func (d disk) list(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name())
	}

	return names, err
}

func (d disk) syncDir(dir string) error {
	if d.noSync {
		return nil
	}

	f, err := os.Open(filepath.Clean(dir))
	if err != nil {
		return err
	}
	defer f.Close()

	return f.Sync()
}
