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

func parseMessage(head, b []byte) (message, error) {
	m := message{id: int32(binary.LittleEndian.Uint32(head[4:]))}
	switch op := binary.LittleEndian.Uint32(head[12:]); op {
	case opMsg:
		return m, m.parseMsg(head, b)
	case opQuery:
		return m, m.parseQuery(b)
	default:
		return m, fmt.Errorf("operation %d: %w", op, errProtocol)
	}
}

func (m *message) parseMsg(head, b []byte) error {
	if len(b) < 4 {
		return fmt.Errorf("message too short: %w", errProtocol)
	}
	flags := binary.LittleEndian.Uint32(b)
	if flags&requiredFlags&^(flagChecksum|flagMoreToCome) != 0 {
		return fmt.Errorf("message flags %x: %w", flags, errProtocol)
	}
	if flags&flagChecksum != 0 {
		if len(b) < 8 {
			return fmt.Errorf("message too short: %w", errProtocol)
		}
		sum := crc32.Update(crc32.Checksum(head, castagnoli), castagnoli, b[:len(b)-4])
		if sum != binary.LittleEndian.Uint32(b[len(b)-4:]) {
			return fmt.Errorf("message checksum: %w", errProtocol)
		}
		b = b[:len(b)-4]
	}
	m.noReply = flags&flagMoreToCome != 0

	for b = b[4:]; len(b) > 0; {
		kind := b[0]
		b = b[1:]
		n, ok := lengthPrefixed(b, 0)
		if !ok || n < 5 {
			return fmt.Errorf("message section: %w", errProtocol)
		}
		section := b[:n]
		b = b[n:]
		switch {
		case kind == 0 && m.body == nil:
			m.body = section
		case kind == 1:
			s, err := parseSequence(section[4:])
			if err != nil {
				return err
			}
			m.sequences = append(m.sequences, s)
		default:
			return fmt.Errorf("message section of kind %d: %w", kind, errProtocol)
		}
	}
	if m.body == nil {
		return fmt.Errorf("message without a command: %w", errProtocol)
	}

	return nil
}

func parseSequence(b []byte) (sequence, error) {
	end := bytes.IndexByte(b, 0)
	if end < 0 {
		return sequence{}, fmt.Errorf("document sequence: %w", errProtocol)
	}
	s := sequence{key: string(b[:end])}
	for b = b[end+1:]; len(b) > 0; {
		n, ok := lengthPrefixed(b, 0)
		if !ok || n < 5 {
			return s, fmt.Errorf("document sequence: %w", errProtocol)
		}
		s.docs = append(s.docs, b[:n])
		b = b[n:]
	}

	return s, nil
}

// parseQuery reads flags 4 | namespace | skip 4 | return 4 | command.
func (m *message) parseQuery(b []byte) error {
	m.legacy = true
	if len(b) < 4 {
		return fmt.Errorf("query too short: %w", errProtocol)
	}
	b = b[4:]
	end := bytes.IndexByte(b, 0)
	if end < 0 || len(b) < end+1+8 || string(b[:end]) != "admin.$cmd" {
		return fmt.Errorf("query that is not a command: %w", errProtocol)
	}
	m.body = b[end+9:]
	if n, ok := lengthPrefixed(m.body, 0); !ok || n != len(m.body) {
		return fmt.Errorf("query that is not a command: %w", errProtocol)
	}

	return nil
}

// check returns nil when every document of the message is well formed.
func (m *message) check() error {
	if err := validate(m.body); err != nil {
		return err
	}
	for _, s := range m.sequences {
		for _, doc := range s.docs {
			if err := validate(doc); err != nil {
				return err
			}
		}
	}

	return nil
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
	dst = bsoncore.AppendDoubleElement(dst, "ok", 0)
	dst = bsoncore.AppendStringElement(dst, "errmsg", p.message)
	dst = bsoncore.AppendInt32Element(dst, "code", p.code)
	dst = bsoncore.AppendStringElement(dst, "codeName", codeName(p.code))
	if p.pattern != nil {
		dst = bsoncore.AppendDocumentElement(dst, "keyPattern", p.pattern)
		dst = bsoncore.AppendDocumentElement(dst, "keyValue", p.key)
	}

	return dst
}
