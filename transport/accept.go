package transport

import (
	"mime"
	"strconv"
	"strings"
)

// Preferred returns which of the media types that are offered a header Accept
// wants most: by its weights (RFC 9110, section 12.5.1), of equal ones that which
// the header names, or names first, and else the first offer. It returns "" where
// none is accepted; an empty header accepts all.
func Preferred(accept string, offers ...string) (best string) {
	if strings.TrimSpace(accept) == "" {
		return offers[0]
	}
	ranges := readAccept(accept)
	weight, place := 0.0, 0
	for _, offer := range offers {
		if w, p := weigh(ranges, offer); w > weight || w == weight && w > 0 && p < place {
			best, weight, place = offer, w, p
		}
	}
	return best
}

// mediaRange is a part of a header Accept: "text/html", "text/*" or "*/*".
type mediaRange struct {
	name   string
	weight float64
}

// readAccept reads a header Accept without the parts that cannot be read.
func readAccept(header string) (ranges []mediaRange) {
	for part := range strings.SplitSeq(header, ",") {
		name, parameters, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		r := mediaRange{name, 1}
		if q, weighted := parameters["q"]; weighted {
			if r.weight, err = strconv.ParseFloat(q, 64); err != nil {
				continue
			}
		}
		ranges = append(ranges, r)
	}
	return ranges
}

// weigh returns the weight of a media type, 0 where it is not accepted, and the
// place of the range that says so among all, the narrowest first.
func weigh(ranges []mediaRange, mediaType string) (weight float64, place int) {
	kind, _, _ := strings.Cut(mediaType, "/")
	for breadth, name := range []string{mediaType, kind + "/*", "*/*"} {
		for i, r := range ranges {
			if r.name == name {
				return r.weight, breadth*len(ranges) + i
			}
		}
	}
	return 0, 0
}
