package embedded

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"log/slog"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// wireMessage frames a command as an OP_MSG.
func wireMessage(flags uint32, sections ...[]byte) []byte {
	b := make([]byte, 16)
	binary.LittleEndian.PutUint32(b[4:], 7)
	binary.LittleEndian.PutUint32(b[12:], opMsg)
	b = binary.LittleEndian.AppendUint32(b, flags)
	for _, s := range sections {
		b = append(b, s...)
	}
	binary.LittleEndian.PutUint32(b, uint32(len(b)))

	return b
}

func body(pairs ...any) []byte { return append([]byte{0}, d(pairs...)...) }

// testServer is a server without a socket, for messages that are handed to it.
func testServer(t testing.TB) *Server {
	t.Helper()
	st, err := openStore(t.TempDir(), nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.close() })

	return &Server{store: st, logger: slog.New(slog.DiscardHandler)}
}

// runCommand runs one command and returns its reply.
func (s *Server) runCommand(t testing.TB, pairs ...any) bson.M {
	t.Helper()
	out := s.answer(message{body: d(append(pairs, "$db", "shop")...)}, 1, nil)
	var reply bson.M
	if err := bson.Unmarshal(out[21:], &reply); err != nil {
		t.Fatal(err)
	}

	return reply
}

func FuzzMessage(f *testing.F) {
	sequence := append([]byte("documents\x00"), d("_id", 1)...)
	section := binary.LittleEndian.AppendUint32([]byte{1}, uint32(len(sequence)+4))
	f.Add(wireMessage(0, body("insert", "c", "$db", "shop"), append(section, sequence...)))
	f.Add(wireMessage(0, body("find", "c", "filter", o("a", o("$gt", 1)), "$db", "shop")))
	f.Add(wireMessage(0, body("update", "c", "updates", bson.A{o("q", o("_id", 1), "u", o("$set", o("a.b", 1)), "upsert", true)}, "$db", "shop")))
	f.Add(wireMessage(0, body("findAndModify", "c", "query", o(), "update", o("$push", o("l", 1)), "new", true, "fields", o("l", 1), "$db", "shop")))
	f.Add(wireMessage(0, body("aggregate", "c", "pipeline", bson.A{o("$unwind", "$l"), o("$group", o("_id", "$l", "n", o("$sum", 1))), o("$project", o("x", "$_id"))}, "cursor", o(), "$db", "shop")))
	f.Add(wireMessage(0, body("createIndexes", "c", "indexes", bson.A{o("key", o("a", 1, "l", -1), "name", "x")}, "$db", "shop")))
	f.Add(wireMessage(0, body("explain", o("find", "c", "filter", o("l", o("$in", bson.A{1, 2})), "sort", o("a", 1)), "$db", "shop")))
	f.Add(wireMessage(0, body("distinct", "c", "key", "a.0", "query", o("$or", bson.A{o("a", nil)}), "$db", "shop")))
	legacy := append(append([]byte{0, 0, 0, 0}, "admin.$cmd\x00\x00\x00\x00\x00\xff\xff\xff\xff"...), d("isMaster", 1)...)
	head := make([]byte, 16)
	binary.LittleEndian.PutUint32(head, uint32(16+len(legacy)))
	binary.LittleEndian.PutUint32(head[12:], opQuery)
	f.Add(append(head, legacy...))

	s := testServer(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := readMessage(bufio.NewReader(bytes.NewReader(b)))
		if err != nil {
			return
		}
		out := s.answer(m, 1, nil)
		if int(binary.LittleEndian.Uint32(out)) != len(out) {
			t.Fatalf("a reply of %d bytes says %d", len(out), binary.LittleEndian.Uint32(out))
		}
		reply := out[21:]
		if m.legacy {
			reply = out[36:]
		}
		if err := bson.Raw(reply).Validate(); err != nil {
			t.Fatalf("malformed reply: %v", err)
		}
		if code, ok := bson.Raw(reply).Lookup("code").Int32OK(); ok && code == codeInternal {
			t.Fatalf("a panic on %x", b)
		}
	})
}

func FuzzValidate(f *testing.F) {
	f.Add(d("a", 1, "b", bson.A{o("c", "x")}, "d", bson.Regex{Pattern: "x"}, "e", bson.Binary{Data: []byte{1}}))
	for _, v := range scalars {
		f.Add(d("v", v))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if validate(b) != nil {
			return
		}
		if supported(docValue(b)) == nil {
			if err := bson.Raw(b).Validate(); err != nil {
				t.Fatalf("accepted %x: %v", b, err)
			}
		}
		n := 4
		for w := walk(b); w.next(); {
			n += 2 + len(w.key) + len(w.val.Data)
		}
		if n+1 != len(b) {
			t.Fatalf("walked over %d of %d bytes", n+1, len(b))
		}
	})
}

func TestMessagesWithAChecksum(t *testing.T) {
	m := wireMessage(flagChecksum, body("ping", 1))
	m = append(m, 0, 0, 0, 0)
	binary.LittleEndian.PutUint32(m, uint32(len(m)))
	if _, err := readMessage(bufio.NewReader(bytes.NewReader(m))); err == nil {
		t.Error("a wrong checksum was accepted")
	}
	binary.LittleEndian.PutUint32(m[len(m)-4:], checksum(m[:len(m)-4]))
	if _, err := readMessage(bufio.NewReader(bytes.NewReader(m))); err != nil {
		t.Error(err)
	}
}
