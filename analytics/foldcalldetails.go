package analytics

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// foldTest: the last mark counts, then what an import says.
func (f *callFold) foldTest() {
	if f.imported.Test != nil {
		f.call.Test = *f.imported.Test
	}
	if mark := f.last(TestMark); mark != nil && mark.Data.Test != nil {
		f.call.Test = *mark.Data.Test
	}
}

// foldProducts lists what was presented, added, checked out and tried on, each
// SKU once in the order of its first appearance, and counts per SKU.
func (f *callFold) foldProducts() {
	c, row := f.call, &f.imported
	counts := productCounts{}
	for _, e := range f.tracked {
		switch e.Type {
		case ProductPresented:
			p, listed := counts.of(e.Data.SKU)
			if p.Presented++; p.Presented == 1 && listed {
				c.PresentedSKUs = append(c.PresentedSKUs, e.Data.SKU)
			}
		case ProductTriedOn:
			p, listed := counts.of(e.Data.SKU)
			if p.TriedOn++; p.TriedOn == 1 && listed {
				c.TriedOnSKUs = append(c.TriedOnSKUs, e.Data.SKU)
			}
		case AddedToCart:
			counts.count(e.Data.SKU).Added++
		case RemovedFromCart:
			counts.count(e.Data.SKU).Removed++
		}
	}
	if len(c.PresentedSKUs) == 0 {
		for _, p := range f.webhook.Products {
			c.PresentedSKUs = append(c.PresentedSKUs, p.SKU)
		}
		c.PresentedSKUs = eachOnce(c.PresentedSKUs, maxSKUsOfCall)
		counts.each(c.PresentedSKUs, func(p *ProductCounts) { p.Presented = 1 })
	}
	if len(c.TriedOnSKUs) == 0 {
		c.TriedOnSKUs = eachOnce(row.TriedOnSKUs, maxSKUsOfCall)
		counts.each(c.TriedOnSKUs, func(p *ProductCounts) { p.TriedOn = 1 })
	}
	c.AddedSKUs = eachOnce(f.added(), maxSKUsOfCall)
	counts.each(c.AddedSKUs, func(p *ProductCounts) { p.Added = max(p.Added, 1) })
	checkedOut, value, clicked := f.checkedOut()
	c.CheckedOutSKUs = eachOnce(checkedOut, maxSKUsOfCall)
	counts.each(c.CheckedOutSKUs, func(p *ProductCounts) { p.CheckedOut = 1 })
	c.CheckedOutValue, c.CheckedOut = value, clicked
	if value == nil && (f.cart == nil || !f.cart.CheckedOut) {
		c.CheckedOutAmount = row.CheckedOutValue
	}
	c.Counts = counts.list
	for _, p := range c.Counts {
		if p.Presented+p.TriedOn+p.Added+p.CheckedOut > 0 {
			c.SKUs = append(c.SKUs, p.SKU)
		}
	}
}

// productCounts are counts per SKU in the order of their first appearance, of the
// first so many.
type productCounts struct {
	list []ProductInCall
	at   map[string]int
}

// of returns the counts of a SKU, and whether they are listed: those of one too
// many are not.
func (c *productCounts) of(sku string) (counts *ProductCounts, listed bool) {
	i, ok := c.at[sku]
	if !ok {
		if len(c.list) == maxSKUsOfCall {
			return new(ProductCounts), false
		}
		if c.at == nil {
			c.at = map[string]int{}
		}
		i = len(c.list)
		c.at[sku] = i
		c.list = append(c.list, ProductInCall{SKU: sku})
	}
	return &c.list[i].ProductCounts, true
}

// count returns the counts of a SKU, to be added to.
func (c *productCounts) count(sku string) *ProductCounts {
	counts, _ := c.of(sku)
	return counts
}

func (c *productCounts) each(skus []string, count func(*ProductCounts)) {
	for _, sku := range skus {
		count(c.count(sku))
	}
}

// eachOnce returns the texts of a list, each once, the first so many of them; nil
// for none.
func eachOnce(list []string, most int) []string {
	var once []string
	seen := make(map[string]bool, min(len(list), most))
	for _, s := range list {
		if len(once) == most {
			break
		}
		if !seen[s] {
			seen[s] = true
			once = append(once, s)
		}
	}
	return once
}

// foldPoll: of several ratings the last counts.
func (f *callFold) foldPoll() {
	f.call.Poll = f.imported.Poll()
	if e := f.last(CallRated); e != nil && e.Data.Rating != nil {
		f.call.Poll = &PollAnswer{Rating: *e.Data.Rating, Scale: e.Data.Scale, Text: Text(e.Data.Text)}
	}
	if f.call.Poll != nil {
		f.call.Poll.Text = f.call.Poll.Text.beginning(maxText)
	}
}

func (f *callFold) foldBlocked() {
	f.call.BlockedAt, f.call.BlockedNote = f.imported.BlockedAt, Text(f.imported.BlockedNote)
	if e := f.last(ShopperBlocked); e != nil {
		f.call.BlockedAt, f.call.BlockedNote = &e.At, Text(e.Data.Note)
	}
	f.call.BlockedNote = f.call.BlockedNote.beginning(maxText)
}

// foldShopper merges identifications field by field; the later value wins.
func (f *callFold) foldShopper() {
	var s ShopperDetails
	for _, e := range f.tracked {
		if e.Type != ShopperIdentified {
			continue
		}
		d := &e.Data
		s = ShopperDetails{
			FirstName: cmp.Or(Text(d.FirstName), s.FirstName),
			LastName:  cmp.Or(Text(d.LastName), s.LastName),
			Email:     cmp.Or(Text(d.Email), s.Email),
			Phone:     cmp.Or(Text(d.Phone), s.Phone),
			Message:   cmp.Or(Text(d.Message), s.Message),
			Data:      cmp.Or(Text(d.Details), s.Data),
		}
	}
	row := &f.imported.Shopper
	f.call.Shopper = ShopperDetails{
		FirstName: cmp.Or(s.FirstName, row.FirstName),
		LastName:  cmp.Or(s.LastName, row.LastName),
		Email:     cmp.Or(s.Email, row.Email),
		Phone:     cmp.Or(s.Phone, row.Phone),
		Message:   cmp.Or(s.Message, row.Message),
		Data:      cmp.Or(s.Data, row.Data),
	}
	f.call.Shopper.bound()
	f.call.ShopperWords = f.call.Shopper.words()
}

const (
	// maxWord bounds a word of the text search, in characters.
	maxWord = 64
	// maxWords bounds how many words of a shopper are searched: each is an entry of
	// two indexes.
	maxWords = 50
)

// words returns what the text search looks at: the words of the names, the
// e-mail address and its parts, the phone number as given and its digits, all in
// lower case.
func (s *ShopperDetails) words() []string {
	var words []string
	add := func(more ...string) {
		for _, word := range more {
			if len(words) == maxWords {
				return
			}
			if runes := []rune(word); len(runes) > maxWord {
				word = string(runes[:maxWord])
			}
			if word != "" && !slices.Contains(words, word) {
				words = append(words, word)
			}
		}
	}
	notInWord := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) }
	for _, name := range []Text{s.FirstName, s.LastName} {
		lower := strings.ToLower(string(name))
		add(strings.Fields(lower)...)
		add(strings.FieldsFunc(lower, notInWord)...)
	}
	email := strings.ToLower(strings.TrimSpace(string(s.Email)))
	add(email)
	add(strings.FieldsFunc(email, notInWord)...)
	add(strings.TrimSpace(string(s.Phone)), strings.Map(onlyDigits, string(s.Phone)))
	slices.Sort(words)
	return words
}

func onlyDigits(r rune) rune {
	if r >= '0' && r <= '9' {
		return r
	}
	return -1
}

// foldTags takes the tags that the page set, in the order of time, else those of
// the import.
func (f *callFold) foldTags() {
	var tags []CustomerTag
	for _, e := range f.tracked {
		if e.Type == TagsSet {
			tags = append(tags, e.Data.Tags...)
		}
	}
	if len(tags) == 0 {
		tags = f.imported.CustomerTags
	}
	f.call.CustomerTags = KeepCustomerTags(tags)
}
