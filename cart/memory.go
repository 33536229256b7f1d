package cart

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// Remembered is how many names of accepted commands a cart remembers, the latest
// ones. A full cart put together at one go makes 3 for each of its MaxLines
// lines (the agent's id, the page's id, the answer to the request), so even then
// a lost answer can be asked for again. Commands of people take many minutes to
// get there, while clients repeat theirs within seconds. It is a number and not
// an age, so that it bounds the state: 600 names of the usual length are 60 kB.
const Remembered = 3 * MaxLines

// MaxMutationID is the most bytes of an id that a client gives a command.
const MaxMutationID = 128

// Memo remembers an accepted command by one of its names.
type Memo struct {
	// Name is the client's id of the command, apart for each party, or the request
	// that it settled.
	Name string `bson:"name"`
	// Content tells the same command from another one of that name.
	Content string `bson:"content"`
	// Version is that of the update which the command made: its first result.
	Version int64 `bson:"version"`
}

// name is what a command will be remembered by.
type name struct {
	name, content string
	// clash returns the refusal for a command whose name is remembered for
	// something else.
	clash func(Memo) error
}

// mutation returns the name that a client gave a command, none for an empty id.
// Whoever gives the same id to different commands is told, rather than handed
// the result of another command. It fails for an id that is too long.
func mutation(party, id string, content ...any) ([]name, error) {
	if id == "" {
		return nil, nil
	}
	if len(id) > MaxMutationID {
		return nil, refuse(BadUserInput, "clientMutationId", "clientMutationId has %d bytes; it can have %d", len(id), MaxMutationID)
	}
	return []name{{
		name:    party + ":" + id,
		content: fingerprint(content...),
		clash: func(Memo) error {
			return refuse(Conflict, "clientMutationId", "clientMutationId %q was given to another command", clip(id))
		},
	}}, nil
}

// recall returns the version of the update that a command made when it was first
// accepted, 0 if none of its names is remembered. It fails if one is remembered
// for something else.
func recall(memory []Memo, names []name) (int64, error) {
	for _, n := range names {
		i := slices.IndexFunc(memory, func(m Memo) bool { return m.Name == n.name })
		if i < 0 {
			continue
		}
		if memory[i].Content != n.content {
			return 0, n.clash(memory[i])
		}
		return memory[i].Version, nil
	}
	return 0, nil
}

// remember returns the memory with the names of a command that was accepted; the
// oldest ones beyond Remembered are forgotten.
func remember(memory []Memo, names []name, version int64) []Memo {
	memory = slices.Clip(memory)
	for _, n := range names {
		memory = append(memory, Memo{Name: n.name, Content: n.content, Version: version})
	}
	return memory[max(0, len(memory)-Remembered):]
}

// fingerprint returns a short hash of values.
func fingerprint(values ...any) string {
	h := sha256.New()
	for _, v := range values {
		fmt.Fprintf(h, "%T %q\n", v, fmt.Sprint(v))
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}
