package embedded

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestACursorThatNobodyReadsFromIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var open cursors
		id, err := open.put(0, &cursor{ns: "db.c"})
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			time.Sleep(cursorIdle - time.Second)
			c := open.take(id, "db.c")
			if c == nil {
				t.Fatal("a cursor that is read from was closed")
			}
			if again, err := open.put(id, c); again != id || err != nil {
				t.Fatal(again, err)
			}
		}
		time.Sleep(cursorIdle + time.Second)
		if open.take(id, "db.c") != nil {
			t.Error("an idle cursor stayed open")
		}
	})
}
