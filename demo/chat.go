package demo

import (
	"fmt"
	"strings"
	"time"
)

// remark is one line of a dialogue: who says it, and whether it answers the
// line before.
type remark struct {
	author  string
	text    string
	replies bool
}

// dialogue is a few lines that belong together.
type dialogue []remark

// asks and tells write dialogues down: the shopper asks, the agent replies; the
// agent tells, the shopper answers.
func asks(question, reply string, more ...string) dialogue {
	return extend(dialogue{{"shopper", question, false}, {"agent", reply, true}}, more)
}

func tells(statement, answer string, more ...string) dialogue {
	return extend(dialogue{{"agent", statement, false}, {"shopper", answer, false}}, more)
}

// extend goes on with lines of shopper and agent in turn.
func extend(d dialogue, more []string) dialogue {
	for i, text := range more {
		d = append(d, remark{[]string{"shopper", "agent"}[i%2], text, false})
	}
	return d
}

// greetings open a chat. {agent}, {shopper} and {product} stand for names.
var greetings = []dialogue{
	tells("Hello, this is {agent}. Can you hear me well?", "Yes, loud and clear."),
	tells("Hi {shopper}! I will write links here while we talk.", "Perfect, thanks."),
	tells("Welcome! {agent} speaking.", "Hello {agent} 🙂"),
	{{"shopper", "I can see you but the sound is off", false}, {"agent", "One moment, is it better now?", true}, {"shopper", "yes!", false}},
	{{"agent", "Good to see you, {shopper}.", false}},
}

var farewells = []dialogue{
	tells("Was there anything else?", "No, that was all. Thank you!"),
	tells("I have written everything down for you. Have a lovely day.", "You too, bye 👋"),
	{{"shopper", "Thank you so much for your time", false}, {"agent", "My pleasure. See you soon!", false}},
	{{"shopper", "Merci beaucoup, bonne journée !", false}},
}

// conversations by queue.
var conversations = map[string][]dialogue{
	"queue-1": {
		asks("Does the {product} run large?", "A little. Take your usual size if you like room, one down if not."),
		asks("Can I wash it at 30 degrees?", "Yes, on the wool programme, and dry it flat.", "good to know"),
		tells("I would wear the {product} with flat boots.", "Oh, that works!"),
		asks("How tall are you? I am 1.62.", "1.75, so it would end just above your ankle."),
		tells("Shall I show you the other colours too?", "Please, the darker ones first."),
		asks("What goes with it for the evening?", "A belt, and the sleeves rolled up once."),
		{{"shopper", "I am not sure about the colour, it looks different on my screen", false}, {"agent", "By daylight it is a bit warmer. I go to the window.", true}, {"shopper", "ah, much better", true}},
	},
	"queue-2": {
		asks("Is the {product} fine for sensitive skin?", "Yes, it has no perfume. Try it on your wrist first."),
		asks("In which order do I use them?", "Cleanser, toner, serum, cream. Sunscreen last, in the morning.", "four steps 😅", "You may leave out the toner."),
		tells("Turn towards the window, please. Then I see your undertone.", "like this?"),
		asks("How long does a bottle last?", "About two months if you use it twice a day."),
		tells("The {product} sinks in within a minute.", "I like that it does not shine."),
		asks("Does it contain nuts? I am allergic.", "No nut oils at all. The full list is on its page."),
	},
	"queue-3": {
		asks("How wide is the {product}?", "I measure it for you: it needs about 30 cm."),
		tells("Could you show me the room with your camera?", "Sure, sorry for the mess", "it is the corner by the window", "That is a lovely spot."),
		asks("Which bulb does it take?", "It comes with one, warm white, dimmable."),
		tells("The {product} also comes in a lighter shade.", "I think dark is better with our floor."),
		asks("Can you deliver to the third floor?", "Yes, the carrier brings it up to your door."),
	},
	"queue-4": {
		asks("I am between two sizes, what now?", "With thick socks take the larger one."),
		asks("Is the {product} waterproof?", "Water-repellent. Wax it twice a year and rain is no problem."),
		tells("The sole can be replaced, we do that in the workshop.", "great, my last pair lasted one winter"),
		asks("Does a 14 inch laptop fit in?", "It does, with the charger."),
		tells("I can hold your size for a day.", "That would be kind!"),
		{{"shopper", "do you have it in red?", false}, {"agent", "Not this season, sorry.", true}},
	},
	"queue-5": {
		tells("Who is it for, and what do they like?", "My sister. She reads a lot and is always cold 😄"),
		asks("Do you gift-wrap?", "Yes, in linen that can be used again."),
		asks("Will the {product} arrive before Saturday?", "If you order by noon tomorrow, yes."),
		tells("The {product} is what most people take at that price.", "nice, and not too much"),
		asks("Can she exchange it?", "Within sixty days, with the gift receipt."),
		asks("Could you add a card?", "Of course. Write the text into the order note."),
	},
}

// chatWeights: calls have 0 to 12 messages, a good part of them none.
var chatWeights = []int{20, 4, 8, 9, 11, 10, 10, 8, 7, 5, 4, 2, 2}

// tellChat: what both write beside talking.
func (m *meeting) tellChat() {
	length := m.random.weighted(chatWeights)
	if m.ended.Sub(m.started) < browsing {
		length = min(length, m.random.below(2))
	}
	lines := m.script(length)
	for i, l := range lines {
		// The i-th of n messages falls into the i-th part of the call.
		part := m.ended.Sub(m.started) / time.Duration(len(lines))
		at := m.started.Add(part * time.Duration(i)).Add(m.random.within(part)).Truncate(time.Millisecond)

		d := data{"messageId": fmt.Sprintf("m%d", i+1), "author": l.author, "text": l.text}
		if l.replies && i > 0 {
			d["replyTo"] = fmt.Sprintf("m%d", i)
		}
		if l.author == "agent" {
			d["name"] = m.agent.firstName()
			m.tellOfStore(at, "message_sent", d)
			continue
		}
		if m.shopper.open {
			d["name"] = m.shopper.first
		}
		m.tell(at, "message_sent", d)
	}
}

// script writes the lines of a chat: a greeting, some exchanges about the
// queue's topic, a farewell, cut to length.
func (m *meeting) script(length int) dialogue {
	topic := conversations[m.queue.id]
	script := append(dialogue(nil), pick(m.random, greetings)...)
	for _, d := range sample(m.random, topic, len(topic)) {
		script = append(script, d...)
	}
	if bye := pick(m.random, farewells); length > 6 {
		script = append(script[:length-len(bye)], bye...)
	}

	product := pick(m.random, productsIn(m.queue.categories))
	if len(m.presented) > 0 {
		product = pick(m.random, m.presented)
	}
	shopper := m.shopper.first
	if !m.shopper.open {
		shopper = "there"
	}
	words := strings.NewReplacer("{agent}", m.agent.firstName(), "{shopper}", shopper, "{product}", product.name)
	script = append(dialogue(nil), script[:min(length, len(script))]...)
	for i := range script {
		script[i].text = words.Replace(script[i].text)
	}
	return script
}
