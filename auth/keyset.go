package auth

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/MicahParks/jwkset"

	"cartograph/analytics"
)

const (
	// keysEvery is how often the keys of an identity provider are read again:
	// providers show a new key for hours before they sign with it, and a key that
	// was taken back opens nothing any more after that time.
	keysEvery = 15 * time.Minute
	// keysRetry is how soon they are read again after that failed, and how soon at
	// the earliest because a token names a key that is not among them: forged
	// tokens must not make the gateway ask more often.
	keysRetry = 30 * time.Second
	// keysTimeout bounds one read: whoever brings a token with a new key waits for
	// it.
	keysTimeout = 4 * time.Second
	// maxKeys bounds the document in bytes: those of large providers have 20 KB.
	maxKeys = 512 << 10
	// minRSA is how many bits an RSA key has at least (RFC 7518, 3.3).
	minRSA = 2048
)

// errKeysAway is for tokens that cannot be checked: with another answer clients
// would take a good token for a wrong one.
var errKeysAway = analytics.Errorf(analytics.Unavailable, "the keys of the identity provider cannot be read now: try again later")

// KeySet holds the public keys of an identity provider, from its JWKS document
// (RFC 7517). It is read again now and then, and when a token names a key that is
// not in it; while it cannot be read, the keys that it last held stay good.
type KeySet struct {
	source func(context.Context) ([]byte, error)
	log    *slog.Logger

	mu      sync.Mutex
	keys    []publicKey   // nil until a document was read
	failed  bool          // the last read
	asked   time.Time     // of the last read
	reading chan struct{} // closed when the read under way is over; nil without one
}

var _ Keys = (*KeySet)(nil)

// publicKey is one key of a set, and the algorithms that may be checked by it.
type publicKey struct {
	id         string
	algorithms []string
	key        any
}

// KeysAt returns the keys that a server shows at an address. It reads nothing:
// Run and Read do.
func KeysAt(address string, log *slog.Logger) *KeySet {
	client := &http.Client{Timeout: keysTimeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &KeySet{log: log, source: func(ctx context.Context) ([]byte, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return nil, err
		}
		answer, err := client.Do(request)
		if err != nil {
			return nil, err
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("the server answers %s", answer.Status)
		}
		return readKeys(answer.Body)
	}}
}

// KeysIn returns the keys of a file. It reads nothing: Run and Read do.
func KeysIn(file string, log *slog.Logger) *KeySet {
	return &KeySet{log: log, source: func(context.Context) ([]byte, error) {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return readKeys(f)
	}}
}

func readKeys(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxKeys+1))
	if err == nil && len(text) > maxKeys {
		err = fmt.Errorf("the document has more than %d bytes", maxKeys)
	}
	return text, err
}

// Run reads the keys again and again until the context ends.
func (s *KeySet) Run(ctx context.Context) {
	for {
		s.refresh(ctx, 0)
		pause := keysEvery
		if !s.Up() {
			pause = keysRetry
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// Up reports whether the keys could be read when that was last tried.
func (s *KeySet) Up() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keys != nil && !s.failed
}

// Read reads the document once and returns how many of its keys can be used. It
// fails where it cannot be read, and where that are none.
func (s *KeySet) Read(ctx context.Context) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, keysTimeout)
	defer cancel()
	text, err := s.source(ctx)
	if err != nil {
		return 0, err
	}
	keys, err := parseKeys(text)
	if err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys = keys
	return len(keys), nil
}

// refresh reads the keys unless that was begun less than a pause ago, and waits
// until they are read. All who want it share one read, which none of them ends by
// going away.
func (s *KeySet) refresh(ctx context.Context, pause time.Duration) {
	s.mu.Lock()
	now := time.Now()
	if s.reading == nil && (s.asked.IsZero() || now.Sub(s.asked) >= pause) {
		s.asked, s.reading = now, make(chan struct{})
		go s.reread(context.WithoutCancel(ctx))
	}
	reading := s.reading
	s.mu.Unlock()
	if reading == nil {
		return
	}
	select {
	case <-reading:
	case <-ctx.Done():
	}
}

func (s *KeySet) reread(ctx context.Context) {
	n, err := s.Read(ctx)
	s.mu.Lock()
	recovered := s.failed && err == nil
	s.failed = err != nil
	close(s.reading)
	s.reading = nil
	s.mu.Unlock()
	switch {
	case err != nil:
		s.log.Warn("read the keys of the identity provider", "error", err)
	case recovered:
		s.log.Info("the keys of the identity provider can be read again", "keys", n)
	}
}

// Algorithms returns those of public keys: with any other, what everybody may
// read would do for a secret.
func (s *KeySet) Algorithms() []string {
	return []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
}

// Find returns the key of an id for an algorithm; without an id the only one
// there is for it. It fails with Unavailable where the keys cannot be read, and
// with Unauthenticated where there is no such key.
func (s *KeySet) Find(ctx context.Context, id, algorithm string) (any, error) {
	key, found, _ := s.lookUp(id, algorithm)
	if found {
		return key, nil
	}
	s.refresh(ctx, keysRetry)
	key, found, up := s.lookUp(id, algorithm)
	switch {
	case found:
		return key, nil
	case !up:
		return nil, errKeysAway
	}
	return nil, errInvalidToken
}

func (s *KeySet) lookUp(id, algorithm string) (key any, found, up bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, k := range s.keys {
		if (id == "" || k.id == id) && slices.Contains(k.algorithms, algorithm) {
			key = k.key
			n++
		}
	}
	return key, n == 1, s.keys != nil && !s.failed
}

// parseKeys reads a JWKS document. Keys that sign nothing, and kinds that are not
// known here, are left out. It fails for what is no such document, and where no
// key is left: a provider that answers anything else takes no keys away.
func parseKeys(text []byte) ([]publicKey, error) {
	var document struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(text, &document); err != nil {
		return nil, errors.New("that is no JWKS document")
	}
	var keys []publicKey
	for _, text := range document.Keys {
		parsed, err := jwkset.NewJWKFromRawJSON(text, jwkset.JWKMarshalOptions{}, jwkset.JWKValidateOptions{})
		if err != nil {
			continue
		}
		m := parsed.Marshal()
		signs := m.USE == "" || m.USE == jwkset.UseSig
		verifies := len(m.KEYOPS) == 0 || slices.Contains(m.KEYOPS, jwkset.KeyOpsVerify)
		algorithms := algorithmsOf(parsed.Key())
		if m.ALG != "" {
			algorithms = slices.DeleteFunc(algorithms, func(a string) bool { return a != m.ALG.String() })
		}
		if signs && verifies && len(algorithms) > 0 {
			keys = append(keys, publicKey{m.KID, algorithms, parsed.Key()})
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("the document holds no key that signatures can be checked by: RSA from 2048 bits, EC on P-256, P-384 or P-521, or Ed25519")
	}
	return keys, nil
}

// algorithmsOf returns what signatures can be checked with by a public key, none
// for one that is too short or of another kind.
func algorithmsOf(key any) []string {
	switch key := key.(type) {
	case *rsa.PublicKey:
		if key.N.BitLen() >= minRSA {
			return []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}
		}
	case *ecdsa.PublicKey:
		return []string{map[int]string{256: "ES256", 384: "ES384", 521: "ES512"}[key.Curve.Params().BitSize]}
	case ed25519.PublicKey:
		return []string{"EdDSA"}
	}
	return nil
}
