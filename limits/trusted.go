package limits

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"

	"cartograph/analytics"
)

// Trust is what happens to documents that are not known.
type Trust string

const (
	// TrustOff lets them pass.
	TrustOff Trust = "off"
	// TrustLog lets them pass, and logs their hash.
	TrustLog Trust = "log"
	// TrustEnforce refuses them.
	TrustEnforce Trust = "enforce"
)

// hashPrefix begins the id of a document: its SHA-256 in hexadecimal follows.
const hashPrefix = "sha256:"

// Trusted are the documents that the makers of a client have handed over.
type Trusted struct {
	mode  Trust
	byID  map[string]string // texts
	texts map[string]bool
	log   *slog.Logger

	mu     sync.Mutex
	logged map[string]bool // hashes, each once
}

// maxLogged bounds the hashes that are logged: those who send ever new documents
// fill no log.
const maxLogged = 1_000

// ReadTrusted reads manifests of documents: JSON objects of texts by their
// SHA-256, with or without sha256: before it, as graphql-codegen writes them. It
// fails with BadUserInput for one that is none, and for a document that Parse
// refuses or whose hash is another.
func ReadTrusted(mode Trust, log *slog.Logger, manifests ...[]byte) (*Trusted, error) {
	t := &Trusted{mode: mode, byID: map[string]string{}, texts: map[string]bool{}, log: log, logged: map[string]bool{}}
	for _, manifest := range manifests {
		var entries map[string]string
		if err := json.Unmarshal(manifest, &entries); err != nil {
			return nil, analytics.Errorf(analytics.BadUserInput, "a manifest of documents is a JSON object of texts by their hash: %v", err)
		}
		for id, text := range entries {
			hash := strings.TrimPrefix(id, hashPrefix)
			if hash != hashOf(text) {
				return nil, analytics.Errorf(analytics.BadUserInput, "the document %s has another SHA-256: %s", id, hashOf(text))
			}
			if _, err := Parse(text); err != nil {
				return nil, analytics.Errorf(analytics.BadUserInput, "the document %s: %v", id, err)
			}
			t.byID[hash] = text
			t.texts[text] = true
		}
	}
	return t, nil
}

// Knows reports whether the text of a document is known.
func (t *Trusted) Knows(text string) bool { return t != nil && t.texts[text] }

// Len returns how many documents are known.
func (t *Trusted) Len() int { return len(t.byID) }

// Text returns the document to run for a request that names one by its id, or
// brings its text. It fails with NotFound for an id that is not known, and with
// Forbidden for a text that is not, where that is enforced.
func (t *Trusted) Text(ctx context.Context, id, text string) (string, error) {
	if id != "" && text == "" {
		known, ok := t.byID[strings.TrimPrefix(id, hashPrefix)]
		if !ok {
			return "", analytics.Errorf(analytics.NotFound, "there is no document of this id")
		}
		return known, nil
	}
	if t.mode == TrustOff && id == "" {
		return text, nil
	}
	if id != "" && strings.TrimPrefix(id, hashPrefix) != hashOf(text) {
		return "", analytics.Errorf(analytics.BadUserInput, "the id is not that of the document")
	}
	if t.texts[text] {
		return text, nil
	}
	if t.mode == TrustEnforce {
		return "", analytics.Errorf(analytics.Forbidden, "only documents that were handed over before may be run here")
	}
	if t.mode == TrustOff {
		return text, nil
	}
	if hash := hashOf(text); t.isNew(hash) {
		t.log.WarnContext(ctx, "a document is not among the trusted ones", "document", hashPrefix+hash)
	}
	return text, nil
}

// isNew reports whether a hash is to be logged, once.
func (t *Trusted) isNew(hash string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.logged[hash] || len(t.logged) >= maxLogged {
		return false
	}
	t.logged[hash] = true
	return true
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
