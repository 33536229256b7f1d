package export

import (
	"bufio"
	"encoding/gob"
	"errors"
	"hash/fnv"
	"io"
	"os"
)

// userParts is into how many parts the visitors of a live event are divided, so
// that only one part of them has to be in memory at a time: 20 thousand of a
// million visitors.
const userParts = 64

// parts are temporary files with facts, by visitor.
type parts [userParts]*part

// part is a file of facts.
type part struct {
	file    *os.File
	buffer  *bufio.Writer
	encoder *gob.Encoder
}

// newParts returns empty parts, which must be closed.
func newParts() (*parts, error) {
	p := new(parts)
	for i := range p {
		file, err := os.CreateTemp("", "cartograph-")
		if err != nil {
			p.close()
			return nil, err
		}
		buffer := bufio.NewWriter(file)
		p[i] = &part{file, buffer, gob.NewEncoder(buffer)}
	}
	return p, nil
}

// close deletes the files.
func (p *parts) close() {
	for _, part := range p {
		if part != nil {
			_ = part.file.Close()
			_ = os.Remove(part.file.Name())
		}
	}
}

// add adds a fact to the part of its visitor; one of nobody says nothing.
func (p *parts) add(fact userFact) error {
	if fact.VisitorID == "" {
		return nil
	}
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(fact.VisitorID))
	return p[hash.Sum32()%userParts].encoder.Encode(fact)
}

// read returns the facts of a part.
func (p *part) read() ([]userFact, error) {
	if err := p.buffer.Flush(); err != nil {
		return nil, err
	}
	if _, err := p.file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	var facts []userFact
	decoder := gob.NewDecoder(bufio.NewReader(p.file))
	for {
		var fact userFact
		switch err := decoder.Decode(&fact); {
		case errors.Is(err, io.EOF):
			return facts, nil
		case err != nil:
			return nil, err
		}
		facts = append(facts, fact)
	}
}
