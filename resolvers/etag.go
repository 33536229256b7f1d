package resolvers

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// tagBytes is how much of a hash tells answers apart: two that differ share a tag
// once in 2^128.
const tagBytes = 16

// etagOf returns the strong entity tag of a body in quotes. Compressed it is
// another body, and has another tag.
func etagOf(body []byte, compressed bool) string {
	sum := sha256.Sum256(body)
	tag := base64.RawURLEncoding.EncodeToString(sum[:tagBytes])
	if compressed {
		tag += "-gzip"
	}
	return `"` + tag + `"`
}

// noneMatch reports whether a header If-None-Match names a tag, so that whoever
// sends it has the answer already. It is compared weakly, as the header wants it:
// proxies that change a body make its tag a weak one.
func noneMatch(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		part = strings.TrimSpace(part)
		if part == "*" || strings.TrimPrefix(part, "W/") == tag {
			return true
		}
	}
	return false
}
