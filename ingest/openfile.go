package ingest

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"cartograph/analytics"
)

// File is a file to import, unpacked on the way if it is gzip.
type File struct {
	disk *os.File
	text io.Reader
	read atomic.Int64
}

var gzipMagic = []byte{0x1f, 0x8b}

// OpenFile opens a file to import and returns its size on disk. What is gzip is
// told by its first bytes, whatever its name. It fails with NotFound for a file
// that is not there and with BadUserInput for one that cannot be read.
func OpenFile(name string) (*File, int64, error) {
	disk, err := os.Open(name)
	if err != nil {
		return nil, 0, openError(name, err)
	}
	f := &File{disk: disk}
	size, err := f.unpack()
	if err != nil {
		_ = disk.Close()
		return nil, 0, openError(name, err)
	}
	return f, size, nil
}

func (f *File) unpack() (int64, error) {
	info, err := f.disk.Stat()
	if err != nil {
		return 0, err
	}
	if info.IsDir() {
		return 0, errors.New("it is a folder")
	}
	packed := bufio.NewReaderSize(countingReader{f}, csvReadSize)
	f.text = packed
	if magic, err := packed.Peek(len(gzipMagic)); err == nil && bytes.Equal(magic, gzipMagic) {
		if f.text, err = gzip.NewReader(packed); err != nil {
			return 0, err
		}
	}
	return info.Size(), nil
}

// openError names the file. Whoever imports it may read what the system says of
// it.
func openError(name string, err error) error {
	code := analytics.BadUserInput
	if errors.Is(err, os.ErrNotExist) {
		code = analytics.NotFound
	}
	return &analytics.Error{Code: code, Message: fmt.Sprintf("%s cannot be opened", name), Err: err}
}

// Read reads what the file holds, unpacked.
func (f *File) Read(p []byte) (int, error) { return f.text.Read(p) }

// Read64 returns how many bytes were read from the disk so far.
func (f *File) Read64() int64 { return f.read.Load() }

// Close closes the file.
func (f *File) Close() error { return f.disk.Close() }

// countingReader reads a file from the disk and counts.
type countingReader struct{ f *File }

func (c countingReader) Read(p []byte) (int, error) {
	n, err := c.f.disk.Read(p)
	c.f.read.Add(int64(n))
	return n, err
}
