package embedded

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

const (
	maxMessage = 48_000_000 // bytes, as hello tells the driver

	opReply = 1
	opQuery = 2004
	opMsg   = 2013

	flagChecksum   = 1 << 0
	flagMoreToCome = 1 << 1
	requiredFlags  = 0xFFFF // of an OP_MSG: an unknown one of these must be refused
)

// message is one request: a command with its document sequences.
type message struct {
	id        int32
	legacy    bool // an OP_QUERY, which only the first hello may be
	noReply   bool
	body      []byte
	sequences []sequence
}

var errProtocol = errors.New("wire protocol violation")

// readMessage reads one message, into memory of its own: a cursor keeps its command's filter for later batches. An error
// that wraps errProtocol, like any other from here, means that the connection is of no more use.
func readMessage(r *bufio.Reader) (message, error) {
	var head [16]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return message{}, err
	}
	length := int(int32(binary.LittleEndian.Uint32(head[:])))
	if length < 16 || length > maxMessage {
		return message{}, fmt.Errorf("message of %d bytes: %w", length, errProtocol)
	}

	// Read in steps, so that a false length takes no memory that was not sent.
	var buf []byte
	for rest := length - 16; rest > 0; {
		step := min(rest, max(1<<20, len(buf)))
		from := len(buf)
		buf = append(buf, make([]byte, step)...)
		if _, err := io.ReadFull(r, buf[from:]); err != nil {
			return message{}, err
		}
		rest -= step
	}

	return parseMessage(head[:], buf)
}

func parseMessage(head, b []byte) (m message, err error) {
	m.id = int32(binary.LittleEndian.Uint32(head[4:]))
	switch op := binary.LittleEndian.Uint32(head[12:]); {
	case op == opMsg && len(b) >= 4:
		err = m.parseMsg(head, b)
	case op == opQuery && len(b) >= 4:
		err = m.parseQuery(b[4:])
	default:
		err = fmt.Errorf("operation %d of %d bytes: %w", op, len(b), errProtocol)
	}

	return m, err
}

func (m *message) parseMsg(head, b []byte) error {
	flags := binary.LittleEndian.Uint32(b)
	m.noReply = flags&flagMoreToCome != 0
	if flags&requiredFlags&^(flagChecksum|flagMoreToCome) != 0 {
		return fmt.Errorf("message flags %x: %w", flags, errProtocol)
	}
	if flags&flagChecksum != 0 {
		end := max(4, len(b)-4)
		sum := crc32.Update(crc32.Checksum(head, castagnoli), castagnoli, b[:end])
		if len(b) < 8 || sum != binary.LittleEndian.Uint32(b[end:]) {
			return fmt.Errorf("message checksum: %w", errProtocol)
		}
		b = b[:end]
	}

	for b = b[4:]; len(b) > 0; {
		kind := b[0]
		section, rest, ok := bsoncore.ReadDocument(b[1:]) // or a sequence, which begins with its length too
		switch {
		case ok && kind == 0 && m.body == nil:
			m.body = section
		case ok && kind == 1:
			s, err := parseSequence(section[4:])
			if err != nil {
				return err
			}
			m.sequences = append(m.sequences, s)
		default:
			return fmt.Errorf("message section of kind %d: %w", kind, errProtocol)
		}
		b = rest
	}
	if m.body == nil {
		return fmt.Errorf("message without a command: %w", errProtocol)
	}

	return nil
}

// parseSequence reads name 0 | document | document | ...
func parseSequence(b []byte) (sequence, error) {
	name, rest, ok := bytes.Cut(b, []byte{0})
	s := sequence{key: string(name)}
	for ok && len(rest) > 0 {
		var doc bsoncore.Document
		if doc, rest, ok = bsoncore.ReadDocument(rest); ok {
			s.docs = append(s.docs, doc)
		}
	}
	if !ok {
		return s, fmt.Errorf("document sequence: %w", errProtocol)
	}

	return s, nil
}

// parseQuery reads namespace 0 | skip 4 | return 4 | command.
func (m *message) parseQuery(b []byte) error {
	m.legacy = true
	name, rest, _ := bytes.Cut(b, []byte{0})
	if string(name) != "admin.$cmd" || len(rest) < 8 {
		return fmt.Errorf("query that is not a command: %w", errProtocol)
	}
	m.body = rest[8:]

	return nil
}

// check returns nil when every document of the message is well formed.
func (m *message) check() error {
	err := validate(m.body)
	for _, s := range m.sequences {
		for _, doc := range s.docs {
			if err == nil {
				err = validate(doc)
			}
		}
	}

	return err
}

// beginReply appends the head of the reply to m; the reply document follows, then endReply.
func (m *message) beginReply(dst []byte) []byte {
	op := uint32(opMsg)
	if m.legacy {
		op = opReply
	}
	dst = append(dst, 0, 0, 0, 0, 0, 0, 0, 0)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(m.id))
	dst = binary.LittleEndian.AppendUint32(dst, op)
	if m.legacy { // flags 4 | cursor 8 | from 4 | returned 4
		dst = append(dst, make([]byte, 16)...)
		return append(dst, 1, 0, 0, 0)
	}

	return append(dst, 0, 0, 0, 0, 0) // flags 4 | kind of section 1
}

func endReply(b []byte) { binary.LittleEndian.PutUint32(b, uint32(len(b))) }

// appendError appends the fields of a failed command's reply.
func appendError(dst []byte, err error) []byte {
	p := asProtocol(err)
	dst = appendFields(dst, "ok", 0.0, "errmsg", p.message, "code", int(p.code), "codeName", codeName(p.code))
	if p.pattern != nil {
		dst = appendFields(dst, "keyPattern", p.pattern, "keyValue", p.key)
	}

	return dst
}
