package auth_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"cartograph/analytics"
	"cartograph/auth"
)

// keyFile is a document that changes while its keys are in use.
type keyFile struct {
	t    *testing.T
	name string
	keys *auth.KeySet
}

// runKeys keeps the keys of a file read until the test ends.
func runKeys(t *testing.T) *keyFile {
	t.Helper()
	f := &keyFile{t: t, name: filepath.Join(t.TempDir(), "jwks.json")}
	f.keys = auth.KeysIn(f.name, slog.New(slog.DiscardHandler))
	return f
}

func (f *keyFile) run() {
	ctx, cancel := context.WithCancel(f.t.Context())
	f.t.Cleanup(cancel)
	go f.keys.Run(ctx)
	synctest.Wait()
}

func (f *keyFile) write(text string) {
	f.t.Helper()
	if err := os.WriteFile(f.name, []byte(text), 0o600); err != nil {
		f.t.Fatal(err)
	}
}

func (f *keyFile) remove() {
	f.t.Helper()
	if err := os.Remove(f.name); err != nil {
		f.t.Fatal(err)
	}
}

// after lets time pass, with all that happens meanwhile.
func after(d time.Duration) {
	time.Sleep(d) // of the bubble, where it takes none
	synctest.Wait()
}

// expect shows a token that one of the signers signs now.
func (f *keyFile) expect(signer, want string) {
	f.t.Helper()
	text := signers()[signer].sign(f.t, claims(map[string]any{"exp": time.Now().Add(time.Minute).Unix()}), nil)
	_, err := present(f.t, provider(f.keys), text)
	got := "in"
	if err != nil {
		got = string(analytics.CodeOf(err))
	}
	if got != want {
		f.t.Errorf("%s: %s (%v), want %s", signer, got, err, want)
	}
}

func TestKeysOfAProvider(t *testing.T) {
	t.Run("a new key is found when a token first names it", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := runKeys(t)
			f.write(jwks(t, "ed"))
			f.run()
			f.expect("ed", "in")
			after(time.Minute)
			f.write(jwks(t, "ed", "p256"))
			f.expect("p256", "in")
			f.expect("ed", "in")
		})
	})
	t.Run("tokens of unknown keys make it look again every half minute at most", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := runKeys(t)
			f.write(jwks(t, "ed"))
			f.run()
			after(29 * time.Second)
			f.write(jwks(t, "ed", "p256"))
			f.expect("p256", "UNAUTHENTICATED")
			after(time.Second)
			f.expect("p256", "in")
		})
	})
	t.Run("a key that was taken back is out after a quarter of an hour", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := runKeys(t)
			f.write(jwks(t, "ed", "p256"))
			f.run()
			f.write(jwks(t, "p256"))
			f.expect("ed", "in")
			after(15 * time.Minute)
			f.expect("ed", "UNAUTHENTICATED")
			f.expect("p256", "in")
		})
	})
	t.Run("while the provider is away its keys stay good, and others cannot be told", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := runKeys(t)
			f.write(jwks(t, "ed"))
			f.run()
			f.remove()
			after(24 * time.Hour)
			f.expect("ed", "in")
			f.expect("p256", "UNAVAILABLE")
			if f.keys.Up() {
				t.Error("it is said to be there")
			}
			f.write(jwks(t, "ed", "p256"))
			after(30 * time.Second)
			f.expect("p256", "in")
			if !f.keys.Up() {
				t.Error("it is said to be away")
			}
		})
	})
	t.Run("an answer without keys takes none away", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := runKeys(t)
			f.write(jwks(t, "ed"))
			f.run()
			for _, text := range []string{`{"keys": []}`, `{"error": "try later"}`, `<html>`, `[]`} {
				f.write(text)
				after(15 * time.Minute)
				f.expect("ed", "in")
			}
		})
	})
	t.Run("a gateway that starts without the provider lets tokens in once it is back", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := runKeys(t)
			f.run()
			f.expect("ed", "UNAVAILABLE")
			f.write(jwks(t, "ed"))
			after(30 * time.Second)
			f.expect("ed", "in")
		})
	})
}

func TestKeysAreReadOnceForAllWhoWait(t *testing.T) {
	var asked atomic.Int64
	document, answer := jwks(t, "ed"), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		<-answer
		_, _ = io.WriteString(w, document)
	}))
	defer server.Close()
	keys := auth.KeysAt(server.URL, slog.New(slog.DiscardHandler))
	var waiting sync.WaitGroup
	for range 20 {
		waiting.Go(func() {
			if _, err := keys.Find(t.Context(), "ed", "EdDSA"); err != nil {
				t.Error(err)
			}
		})
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := keys.Find(gone, "ed", "EdDSA"); analytics.CodeOf(err) != analytics.Unavailable {
		t.Errorf("who does not wait is told %v", err)
	}
	close(answer)
	waiting.Wait()
	for range 20 {
		if _, err := keys.Find(t.Context(), "forged", "EdDSA"); analytics.CodeOf(err) != analytics.Unauthenticated {
			t.Errorf("a key that there is not: %v", err)
		}
	}
	if asked.Load() != 1 {
		t.Errorf("the provider was asked %d times", asked.Load())
	}
}

func TestAnswersOfAProviderThatAreNoKeys(t *testing.T) {
	document := jwks(t, "ed")
	mux := http.NewServeMux()
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, document) })
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/keys", http.StatusFound) })
	mux.HandleFunc("/endless", func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := io.WriteString(w, strings.Repeat(" ", 1<<10)); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/secrets", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}`)
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	for path, want := range map[string]string{
		"/keys":    "",
		"/nowhere": "the server answers 404 Not Found",
		"/moved":   "the server answers 302 Found",
		"/endless": "the document has more than 524288 bytes",
		"/secrets": "the document holds no key that signatures can be checked by: RSA from 2048 bits, EC on P-256, P-384 or P-521, or Ed25519",
	} {
		n, err := auth.KeysAt(server.URL+path, slog.New(slog.DiscardHandler)).Read(t.Context())
		if want == "" && (err != nil || n != 1) || want != "" && (err == nil || err.Error() != want) {
			t.Errorf("%s: %d, %v", path, n, err)
		}
	}
}
