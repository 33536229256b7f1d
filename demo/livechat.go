package demo

import (
	"fmt"
	"slices"
	"time"
)

// remarks are what viewers write during a broadcast.
var remarks = []string{
	"Hello from Lyon 👋", "Hej från Malmö!", "Hallo aus Köln", "Finally some rain here, perfect timing", "first time watching",
	"Love this colour", "omg that one ❤️", "so soft!", "Need it 😍", "already have it in green, best buy of last year",
	"The light is lovely today", "c'est magnifique", "Trop beau !", "Wunderschön", "Så fin!", "かわいい!", "好漂亮", "bellissimo",
	"in my cart", "just ordered 🎉", "Thank you for showing it up close", "the sound is a bit low", "better now",
	"that goes with everything", "my mum would love that", "hi everyone", "back again after last month", "haha yes",
	"👏👏👏", "🔥", "+1", "same here", "size M for me always", "I like how calm this is", "great tip", "going to try that tomorrow",
}

// exchange is a viewer's question with the brand's answer.
type exchange struct{ question, answer string }

var exchanges = []exchange{
	{"Does it come in other colours?", "It does, they are all on the product's page."},
	{"How does the sizing run?", "True to size. If you are in between, take the smaller one."},
	{"Is there free shipping today?", "Yes, until midnight, for everybody who watches."},
	{"Will there be a replay?", "For a week, on this same page."},
	{"can I return it in the shop?", "Within sixty days, in the shop or by mail."},
	{"What is it made of?", "The full composition is on its page, with the care label."},
	{"Is it vegan?", "This one is. We always say so on the page."},
	{"C'est disponible en taille 36 ?", "Oui, il en reste quelques-unes."},
	{"Wie lange ist die Lieferzeit?", "Zwei bis vier Tage."},
	{"Do you ship to Norway?", "We do, duties included."},
	{"How do you wash it?", "Cold, with a mild detergent."},
	{"When is the next one?", "In a few weeks. Subscribe and we let you know."},
	{"could you show the back please?", "Of course, in a moment!"},
	{"Is the model wearing an S?", "She wears an M and is 1.74 tall."},
	{"Any discount for members?", "Members have ten percent on everything tonight."},
}

var announcements = []string{
	"Welcome everybody! We start in a minute.", "Click on a product to see it up close.",
	"The poll is open, tell us what you think.", "Sizes go fast tonight.",
	"Ask us anything, we read along.", "The link to the collection is below the video.",
	"Last minutes! Thank you for being here.", "The replay will be online right after.",
}

// sentMessage is a message on its way into the chat.
type sentMessage struct {
	at      time.Time
	by      *watching // nil: the brand
	text    string
	replyTo *sentMessage
	id      string
}

// tellChat lets viewers write and the brand answer.
func (a *audience) tellChat(viewers []*watching) {
	chat := a.messages(viewers)
	slices.SortStableFunc(chat, func(x, y *sentMessage) int { return x.at.Compare(y.at) })
	for i, m := range chat {
		m.id = fmt.Sprintf("m%03d", i+1)
	}
	names := map[*watching]string{}
	for _, m := range chat {
		d := data{"messageId": m.id, "text": m.text, "author": "brand", "name": a.event.host}
		if m.replyTo != nil {
			d["replyTo"] = m.replyTo.id
		}
		if m.by == nil {
			a.studio.tellOfStore(m.at, "message_sent", d)
			continue
		}
		if names[m.by] == "" {
			names[m.by] = newShopper(a.random, 1).first
		}
		d["author"], d["name"] = "viewer", names[m.by]
		m.by.tell(m.at, "message_sent", d)
	}
}

// messages makes up the chat of a broadcast: remarks and questions of viewers,
// answers to questions and to each other, announcements.
func (a *audience) messages(viewers []*watching) []*sentMessage {
	const asks, answered, echoes = 21, 74, 6 // percent
	b, r := a.event, a.random
	var chat []*sentMessage
	for i, text := range announcements {
		part := b.ended.Sub(b.started) / time.Duration(len(announcements))
		chat = append(chat, &sentMessage{at: b.started.Add(part*time.Duration(i) + r.within(30*time.Second)), text: text})
	}

	writers := talkative(r, viewers)
	for range b.messages {
		w := pick(r, writers)
		m := &sentMessage{at: a.during(w), by: w, text: pick(r, remarks)}
		chat = append(chat, m)
		switch {
		case r.percent(asks):
			e := pick(r, exchanges)
			m.text = e.question
			if at := m.at.Add(r.span(quantiles{9, 20, 35, 60, 120})); r.percent(answered) && at.Before(b.ended) {
				chat = append(chat, &sentMessage{at: at, text: e.answer, replyTo: m})
			}
		case r.percent(echoes):
			other := pick(r, viewers)
			if at := m.at.Add(r.span(quantiles{5, 15, 40})); other.watches(at) {
				chat = append(chat, &sentMessage{at: at, by: other, text: pick(r, []string{"same!", "+1", "agree 😊", "me too"}), replyTo: m})
			}
		}
	}
	return chat
}

// talkative returns the viewers who write: of those who stay, about a fifth.
func talkative(r *random, viewers []*watching) []*watching {
	const stays = 6 * time.Minute
	var list []*watching
	for _, w := range viewers {
		if w.to.Sub(w.from) > stays && r.percent(21) {
			list = append(list, w)
		}
	}
	return list
}
