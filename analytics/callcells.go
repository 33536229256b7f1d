package analytics

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Bounds of what one cell may say: far above what real exports hold, and low
// enough for a row to fit into a document and its keys into an index.
const (
	maxIDLength    = 128        // characters, as an event's id
	maxNameLength  = 256        // characters
	maxListEntries = 1000       // SKUs, order ids, amounts of one cell
	maxCount       = 1e9        // messages, purchases
	maxSeconds     = 3e9        // nearly a century
	maxMinor       = 1e15       // of one currency, as ParseMoney has it
	minYear        = 1          // what RFC 3339 can write
	maxYear        = 9900       // the same, with the longest call still ahead
	listSeparator  = ";"        // of SKUs, order ids, amounts and currencies
	formulaSigns   = "=+-@＝＋－＠" // what a spreadsheet takes for a formula, in full width too
)

// GuardFormula puts one ' in front of a text that a spreadsheet could take for a
// formula, so that opening an export runs nothing: some look behind blanks, tabs
// and line ends. A text that begins with ' gets one more.
func GuardFormula(cell string) string {
	bare := strings.TrimLeftFunc(cell, unicode.IsSpace)
	first, _ := utf8.DecodeRuneInString(bare)
	if strings.HasPrefix(cell, "'") || bare != "" && strings.ContainsRune(formulaSigns, first) {
		return "'" + cell
	}
	return cell
}

// unguardFormula takes exactly one ' from the front of a cell, if there is one.
func unguardFormula(cell string) string { return strings.TrimPrefix(cell, "'") }

func formatString[T ~string](s T) string { return string(s) }

func parseStatus(cell string) (CallStatus, error) {
	switch s := CallStatus(cell); s {
	case Accepted, Missed:
		return s, nil
	}
	return "", Errorf(BadUserInput, "%q is neither ACCEPTED nor MISSED", clip(cell))
}

func parseBool(cell string) (*bool, error) {
	value := strings.EqualFold(cell, "TRUE")
	if !value && !strings.EqualFold(cell, "FALSE") {
		return nil, Errorf(BadUserInput, "%q is neither TRUE nor FALSE", clip(cell))
	}
	return &value, nil
}

func formatBool(b *bool) string {
	if b == nil {
		return ""
	}
	return strings.ToUpper(strconv.FormatBool(*b))
}

func parseType(cell string) (CallType, error) {
	switch {
	case strings.EqualFold(cell, "Booked_meeting"):
		return BookedMeeting, nil
	case strings.EqualFold(cell, "Queue"):
		return QueueCall, nil
	}
	return "", Errorf(BadUserInput, "%q is neither Booked_meeting nor Queue", clip(cell))
}

func formatType(t CallType) string {
	switch t {
	case BookedMeeting:
		return "Booked_meeting"
	case QueueCall:
		return "Queue"
	}
	return ""
}

func parseID(cell string) (string, error) { return boundedText(cell, maxIDLength) }

func parseName(cell string) (string, error) { return boundedText(cell, maxNameLength) }

func boundedText(cell string, most int) (string, error) {
	if n := utf8.RuneCountInString(cell); n > most {
		return "", Errorf(BadUserInput, "%q has %d characters, at most %d are allowed", clip(cell), n, most)
	}
	return cell, nil
}

func parseText(cell string) (string, error) { return cell, nil }

func parseShopperText(cell string) (Text, error) { return Text(cell), nil }

// parseJSON reads a JSON document as compact text.
func parseJSON(cell string) (Text, error) {
	var compact bytes.Buffer
	if err := json.Compact(&compact, []byte(cell)); err != nil {
		return "", Errorf(BadUserInput, "%q is not JSON", clip(cell))
	}
	return Text(compact.String()), nil
}

// parseTime reads RFC 3339, with or without a fraction of a second. The offset
// has to be there: no time zone is guessed.
func parseTime(cell string) (*time.Time, error) {
	var t time.Time
	if err := t.UnmarshalText([]byte(cell)); err != nil || t.Year() < minYear || t.Year() > maxYear {
		return nil, Errorf(BadUserInput, "%q is not an RFC 3339 time", clip(cell))
	}
	t = t.UTC().Truncate(time.Millisecond)
	return &t, nil
}

func formatTime(t *time.Time) string {
	if t == nil {
		return ""
	}
	return FormatTime(*t)
}

// parseSeconds reads a number of seconds, rounded to the millisecond: what wrote it
// may have computed with floating point, so that 1.001 s reads 1.0009999999.
func parseSeconds(cell string) (*int64, error) {
	whole, fraction, _ := strings.Cut(cell, ".")
	if whole == "" || !allDigits(whole) || !allDigits(fraction) || strings.HasSuffix(cell, ".") {
		return nil, Errorf(BadUserInput, "%q is not a number of seconds", clip(cell))
	}
	seconds, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || seconds > maxSeconds {
		return nil, Errorf(BadUserInput, "%q is too large a number of seconds", clip(cell))
	}
	ms := seconds * 1000
	fraction += "0000"
	for i, weight := range []int64{100, 10, 1} {
		ms += weight * int64(fraction[i]-'0')
	}
	if fraction[3] >= '5' {
		ms++
	}
	return &ms, nil
}

func formatSeconds(ms *int64) string {
	if ms == nil {
		return ""
	}
	return formatMilliseconds(*ms)
}

// formatMilliseconds returns milliseconds as decimal seconds: 1500 as "1.5".
func formatMilliseconds(ms int64) string {
	s := strconv.FormatInt(ms/1000, 10)
	if ms%1000 == 0 {
		return s
	}
	fraction := strconv.FormatInt(1000+ms%1000, 10)[1:]
	return s + "." + strings.TrimRight(fraction, "0")
}

// parseCount reads a whole number. "3.0" is one too: spreadsheets write columns
// with gaps like that.
func parseCount(cell string) (*int, error) {
	whole, zeros, _ := strings.Cut(cell, ".")
	if whole == "" || !allDigits(whole) || strings.Trim(zeros, "0") != "" || strings.HasSuffix(cell, ".") {
		return nil, Errorf(BadUserInput, "%q is not a whole number", clip(cell))
	}
	n, err := strconv.Atoi(whole)
	if err != nil || n > maxCount {
		return nil, Errorf(BadUserInput, "%q is too large a number", clip(cell))
	}
	return &n, nil
}

func formatCount(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

// parseRating reads a number from 0 to 10; checkPoll compares it with its scale.
func parseRating(cell string) (*float64, error) {
	whole, fraction, _ := strings.Cut(cell, ".")
	n, err := strconv.ParseFloat(cell, 64)
	if err != nil || whole == "" || !allDigits(whole) || !allDigits(fraction) || n > 10 {
		return nil, Errorf(BadUserInput, "%q is not a number from 0 to 10", clip(cell))
	}
	return &n, nil
}

func formatNumber(n *float64) string {
	if n == nil || math.IsNaN(*n) || math.IsInf(*n, 0) {
		return ""
	}
	return strconv.FormatFloat(*n, 'f', -1, 64)
}

func parseScale(cell string) (*int, error) {
	n, err := parseCount(cell)
	if err != nil || *n != 10 && *n != 2 {
		return nil, Errorf(BadUserInput, "%q is neither 10 nor 2", clip(cell))
	}
	return n, nil
}

// parseList reads entries joined by semicolons, each once; empty entries are no
// entries.
func parseList(cell string) ([]string, error) {
	var list []string
	seen := map[string]bool{}
	for entry := range strings.SplitSeq(cell, listSeparator) {
		if entry == "" || seen[entry] {
			continue
		}
		if _, err := parseID(entry); err != nil {
			return nil, err
		}
		seen[entry] = true
		list = append(list, entry)
	}
	if len(list) > maxListEntries {
		return nil, Errorf(BadUserInput, "the list has %d entries, at most %d are allowed", len(list), maxListEntries)
	}
	return list, nil
}

func formatList(list []string) string { return strings.Join(list, listSeparator) }

// parseDecimal reads an amount whose currency is not known, up to 15 digits in
// all, not negative.
func parseDecimal(cell string) (string, error) {
	whole, fraction, _ := strings.Cut(cell, ".")
	if whole == "" || !allDigits(whole) || !allDigits(fraction) || strings.HasSuffix(cell, ".") || len(whole)+len(fraction) > 15 {
		return "", Errorf(BadUserInput, "%q is not a decimal amount", clip(cell))
	}
	return cell, nil
}

// parseRevenue reads amounts and their currencies, joined by semicolons in the
// same order. A single currency stands for all amounts; amounts of one currency
// are added up. A currency without an amount says nothing of revenue, only in
// which currency the call was. The error names the column.
func parseRevenue(c *ImportedCall, values, currencies string) error {
	codes := strings.Split(currencies, listSeparator)
	for _, code := range codes {
		if currencies != "" && !KnownCurrency(code) {
			return columnErrorf("revenue_currency", "unknown currency %q", clip(code))
		}
	}
	amounts := strings.Split(values, listSeparator)
	switch {
	case values == "" && len(codes) > 1:
		return columnErrorf("revenue_value", "%d currencies stand without amounts", len(codes))
	case values == "":
		c.RevenueCurrency = currencies
		return nil
	case currencies == "":
		return columnErrorf("revenue_currency", "the currency of revenue_value is missing")
	case len(amounts) > maxListEntries:
		return columnErrorf("revenue_value", "the list has %d entries, at most %d are allowed", len(amounts), maxListEntries)
	case len(codes) == 1:
		codes = slices.Repeat(codes, len(amounts))
	case len(codes) != len(amounts):
		return columnErrorf("revenue_currency", "%d currencies stand for %d amounts", len(codes), len(amounts))
	}
	var sums MoneySums
	for i, amount := range amounts {
		money, err := ParseMoney(amount, codes[i])
		if err != nil {
			return inColumn("revenue_value", err)
		}
		sums = sums.Add(money)
	}
	for currency, minor := range sums {
		if minor <= -maxMinor || minor >= maxMinor {
			return columnErrorf("revenue_value", "the amounts in %s are too large together", currency)
		}
	}
	c.Revenue = sums.List()
	return nil
}

func formatRevenueValue(c *ImportedCall) string {
	amounts := make([]string, len(c.Revenue))
	for i, money := range c.Revenue {
		amounts[i] = money.Amount()
	}
	return strings.Join(amounts, listSeparator)
}

func formatRevenueCurrency(c *ImportedCall) string {
	if len(c.Revenue) == 0 {
		return c.RevenueCurrency
	}
	codes := make([]string, len(c.Revenue))
	for i, money := range c.Revenue {
		codes[i] = money.Currency
	}
	return strings.Join(codes, listSeparator)
}
