package demo

import (
	"fmt"
	"strings"
	"time"
)

// shopper is a browser that visits the queues, and whoever sits before it.
type shopper struct {
	id          string
	first, last string
	mail, phone string
	// open shoppers leave their details in calls.
	open bool
	// loyalty is the level in the shop's loyalty programme, "" outside of it.
	loyalty string
	// visits counts the visits so far, busyUntil is when the latest one ended.
	visits    int
	busyUntil time.Time
}

// name is a name as its bearer writes it and as a mail address has it.
type name struct{ written, latin string }

// people are first and last names that go together.
type people struct {
	firsts, lasts []name
	// weight is how many of 100 shoppers have such names.
	weight int
}

// nationalities are whom the shop sells to. All names are common ones, mixed at
// random.
var nationalities = []people{
	{names("Astrid Freja Nils Åsa/asa Göran/goran Märta/marta Elin Björn/bjorn"), names("Lindqvist Öberg/oberg Sjöström/sjostrom Håkansson/hakansson Dahl Bäckman/backman"), 22},
	{names("Chloé/chloe Amélie/amelie Gaël/gael Françoise/francoise Théo/theo Zoé/zoe Louis Margaux"), names("Lefèvre/lefevre Moreau Garçon/garcon Bélanger/belanger Noël/noel D’Aubray/daubray"), 20},
	{names("Jürgen/juergen Käthe/kaethe Lukas Heike Anneliese Jörg/joerg Mia"), names("Müller/mueller Groß/gross Schäfer/schaefer Köhler/koehler Weiß/weiss Vogt"), 16},
	{names("Olivia Harry Isla Rhys Niamh Callum Siân/sian"), names("Whitcombe O'Rourke/orourke Hartley Llewelyn Ashdown Pemberton"), 16},
	{names("Núria/nuria Íñigo/inigo Lucía/lucia Joaquín/joaquin Begoña/begona"), names("Ibáñez/ibanez Peñalver/penalver Muñoz/munoz Castellà/castella"), 7},
	{names("Zofia Łukasz/lukasz Małgorzata/malgorzata Wojciech"), names("Wójcik/wojcik Mazur Zając/zajac"), 5},
	{names("Ελένη/eleni Γιώργος/giorgos Δήμητρα/dimitra"), names("Γεωργίου/georgiou Νικολάου/nikolaou"), 2},
	{names("Оксана/oksana Дмитро/dmytro Леся/lesia"), names("Шевчук/shevchuk Коваль/koval"), 3},
	{names("美咲/misaki 蓮/ren 陽菜/hina"), names("佐藤/sato 高橋/takahashi"), 3},
	{names("雨桐/yutong 浩然/haoran 思琪/siqi"), names("李/li 王/wang 欧阳/ouyang"), 3},
	{names("서연/seoyeon 민준/minjun"), names("김/kim 박/park"), 2},
	{names("ليلى/layla عمر/omar"), names("الحداد/alhaddad نصار/nassar"), 1},
}

// names reads a list of names; after a slash stands the latin form where the
// name itself is not fit for an address.
func names(list string) []name {
	var all []name
	for word := range strings.FieldsSeq(list) {
		written, latin, ok := strings.Cut(word, "/")
		if !ok {
			latin = strings.ToLower(written)
		}
		all = append(all, name{written, latin})
	}
	return all
}

// openPercent is how many of 100 shoppers leave their details in calls;
// not each does it in every call.
const openPercent = 72

var loyaltyLevels = []string{"", "", "", "silver", "silver", "gold"}

// newShopper makes up the shopper with the given number.
func newShopper(r *random, number int) *shopper {
	weights := make([]int, len(nationalities))
	for i, n := range nationalities {
		weights[i] = n.weight
	}
	nation := nationalities[r.weighted(weights)]
	first, last := pick(r, nation.firsts), pick(r, nation.lasts)

	return &shopper{
		id:      fmt.Sprintf("visitor-%04d", number),
		first:   first.written,
		last:    last.written,
		mail:    fmt.Sprintf("%s.%s%d@mail.example", first.latin, last.latin, number),
		phone:   phoneNumber(r),
		open:    r.percent(openPercent),
		loyalty: pick(r, loyaltyLevels),
	}
}

// phoneNumber returns one of the numbers that are kept for fiction.
func phoneNumber(r *random) string {
	return fmt.Sprintf("+1 %d 555 01%02d", r.between(201, 989), r.below(100))
}

// wishes are what shoppers write into the form before a call, by queue.
var wishes = map[string][]string{
	"queue-1": {"Looking for something to wear to a wedding in May.", "I need warm layers that are not itchy.", "Which coat goes with wide trousers?", "New job, old wardrobe: help!"},
	"queue-2": {"My skin is dry since the heating is on.", "I would like a simple routine, three steps at most.", "Which shade of the tint suits me?", "Sensitive skin, no perfume please."},
	"queue-3": {"Our living room is too dark in the evening.", "Bed linen for a bed of 180 cm.", "Looking for a vase that holds a big bunch.", "Something for the balcony table."},
	"queue-4": {"I am between 38 and 39.", "A bag for work that takes a laptop.", "Boots for a rainy city.", "Do the loafers run small?"},
	"queue-5": {"A present for my sister, about 50.", "Something for a friend who has everything.", "Can you wrap it?", "A gift for my mother’s 60th birthday."},
}

// notes are what the page knows of a shopper, sent as it is.
func (s *shopper) notes(r *random) data {
	return data{
		"locale":  pick(r, []string{"en-GB", "fr-FR", "de-DE", "sv-SE"}),
		"consent": r.percent(60),
		"orders":  r.below(12),
	}
}

// tags are what the page attaches to the visitor; values are texts, numbers and
// booleans.
func (s *shopper) tags(r *random, visit int) data {
	tags := data{"visits": visit, "newsletter": r.percent(40)}
	if s.loyalty != "" {
		tags["loyalty"] = s.loyalty
	}
	if r.percent(25) {
		tags["campaign"] = pick(r, []string{"autumn-edit", "second-skin", "warm-light"})
	}
	return tags
}
