package cart

import "time"

// State is a cart with what it remembers: all that has to be stored of it. The
// zero value is the state before the first command.
type State struct {
	Cart   Cart   `bson:"cart"`
	Memory []Memo `bson:"memory,omitempty"` // oldest first
}

// Command is something that a party wants of a cart: AddItem, UpdateItem,
// RemoveItem of the agent, Acknowledge and CheckOut of the shopper's page,
// ShopAdded and ShopRemoved of the shop, Expire of the gateway.
type Command interface {
	// names returns what the command is remembered by once it is accepted.
	names() ([]name, error)
	// decide returns the update that the command makes of the cart, without
	// version and moment, or fails with a Refusal.
	decide(c Cart, call Call, now time.Time) (Update, error)
}

var (
	_ Command = AddItem{}
	_ Command = UpdateItem{}
	_ Command = RemoveItem{}
	_ Command = Acknowledge{}
	_ Command = CheckOut{}
	_ Command = ShopAdded{}
	_ Command = ShopRemoved{}
	_ Command = Expire{}
)

// Result is what became of an accepted command.
type Result struct {
	// Version is that of the update which the command made, now or when it was
	// first accepted.
	Version int64
	// Update is the new one, nil for a repeated command: then nothing has changed
	// and the update of that Version is its result.
	Update *Update
}

// Do returns the state that a command leads to and its result. It fails with a
// Refusal if the command is against the rules; the state is then the given one.
//
// A command is known again by the id its client gave it and, if it is an answer,
// by its request; then it returns its first result, whatever has happened since.
// Requests whose time is over keep counting as pending until they are expired,
// so expire what Due returns first, each as a command of its own.
func Do(s State, c Command, call Call, now time.Time) (State, Result, error) {
	now = now.UTC().Truncate(time.Millisecond)

	names, err := c.names()
	if err != nil {
		return s, Result{}, err
	}
	first, err := recall(s.Memory, names)
	if err != nil {
		return s, Result{}, err
	}
	if first > 0 {
		return s, Result{Version: first}, nil
	}

	update, err := c.decide(s.Cart, call, now)
	if err != nil {
		return s, Result{}, err
	}
	update.Version, update.At = s.Cart.Version+1, now

	next := State{Cart: s.Cart.After(update), Memory: remember(s.Memory, names, update.Version)}
	return next, Result{Version: update.Version, Update: &update}, nil
}
