package auth_test

import (
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"cartograph/analytics"
	"cartograph/auth"
)

// FuzzJWTs shows texts that nobody signed: each is refused as one who may not go
// on, and none breaks anything.
func FuzzJWTs(f *testing.F) {
	good := signer{"", jwt.SigningMethodHS256, []byte(strings.Repeat("x", 32))} // not the key of below
	text, err := jwt.NewWithClaims(good.method, claims(jwt.MapClaims{"exp": time.Now().AddDate(1, 0, 0).Unix()})).SignedString(good.key)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add(text[:len(text)-1])
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Add("eyJhbGciOiJIUzI1NiIsImNyaXQiOlsiYjY0Il19.eyJleHAiOjFlMzAwfQ.AA")
	f.Add("..")
	f.Add("\x00.\xff.é")
	a := auth.NewAuthenticator(&oneToken{}, "demo", slog.New(slog.DiscardHandler))
	a.Trust(provider(auth.SharedKey(strings.Repeat("k", 32))))
	f.Fuzz(func(t *testing.T, text string) {
		request := httptest.NewRequest("POST", "/graphql", nil)
		request.Header.Set("Authorization", "Bearer "+text)
		p, err := a.Authenticate(request)
		if p != nil || analytics.CodeOf(err) != analytics.Unauthenticated {
			t.Errorf("got %v, %v", p, err)
		}
	})
}
