package embedded

import (
	"testing"

	"golang.org/x/sys/unix"
)

// A process that is started while the folder is held has the file of the lock open for a moment, and keeps nobody out by that.
func TestAReleasedFolderIsFreeWhateverHasItsLockOpen(t *testing.T) {
	dir := t.TempDir()
	held, err := holdFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	inherited, err := unix.Dup(int(held.lock.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(inherited)

	held.release()
	again, err := holdFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	again.release()
}
