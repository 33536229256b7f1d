package main

import (
	"fmt"
	"strconv"
	"strings"
)

// share says how many of the requests of a mixed load are of one operation, as a
// part of the sum of all weights.
type share struct {
	operation string
	weight    int
}

// parseMix reads a mixed load: a line for each operation with its weight, empty
// ones and those that begin with # aside.
func parseMix(text string) ([]share, error) {
	var mix []share
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		operation, weight, _ := strings.Cut(line, " ")
		n, err := strconv.Atoi(strings.TrimSpace(weight))
		if err != nil || n < 1 {
			return nil, fmt.Errorf("mixed load: %q is no operation with a weight above 0", line)
		}
		mix = append(mix, share{operation, n})
	}
	if len(mix) == 0 {
		return nil, fmt.Errorf("mixed load: it is empty")
	}
	return mix, nil
}

// schedule returns the operations of one turn of a mixed load, as many as the
// weights come to, each spread as evenly as may be, so that any stretch of
// requests has about the shares asked for.
func schedule(mix []share) []string {
	total := 0
	for _, s := range mix {
		total += s.weight
	}
	turn := make([]string, total)
	credit := make([]int, len(mix))
	for i := range turn {
		chosen := 0
		for k, s := range mix {
			if credit[k] += s.weight; credit[k] > credit[chosen] {
				chosen = k
			}
		}
		credit[chosen] -= total
		turn[i] = mix[chosen].operation
	}
	return turn
}
