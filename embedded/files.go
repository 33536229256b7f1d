package embedded

import (
	"io"
	"os"
)

// fileSystem is what the store does with files it writes; tests put one in its place that fails.
type fileSystem interface {
	// open opens a file for reading and writing, with further flags of os.OpenFile.
	open(path string, flags int) (file, error)
	rename(from, to string) error
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

func (d disk) open(path string, flags int) (file, error) {
	f, err := os.OpenFile(path, os.O_RDWR|flags, 0o600)

	return diskFile{f, d.noSync}, err
}

func (d disk) rename(from, to string) error { return os.Rename(from, to) }

func (d disk) syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()

	return diskFile{f, d.noSync}.Sync()
}
