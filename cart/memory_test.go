package cart

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestARepeatedCommandHasItsFirstResultAndChangesNothing(t *testing.T) {
	answer := Acknowledge{RequestID: 1, Reason: CustomError, Message: "Two per customer."}

	for _, c := range []struct {
		name  string
		given []step
		again step
		call  Call
		want  int64
	}{
		{
			"an add", []step{{0, AddItem{"m", jacket, 1}}, bought(socks, 1)},
			step{1, AddItem{"m", jacket, 1}}, lasting, 1,
		},
		{
			"an add after the call has ended", []step{{0, AddItem{"m", jacket, 1}}},
			step{1, AddItem{"m", jacket, 1}}, ended(0), 1,
		},
		{
			"an add whose product has sold out since", []step{{0, AddItem{"m", jacket, 1}}},
			step{1, AddItem{"m", soldOut(jacket), 1}}, lasting, 1,
		},
		{
			"an update", []step{bought(jacket, 1), {0, UpdateItem{"m", jacket, 2}}},
			step{1, UpdateItem{"m", jacket, 2}}, lasting, 2,
		},
		{
			"a removal told as an update to 0", []step{bought(jacket, 1), {0, RemoveItem{"m", "jacket-m"}}},
			step{1, UpdateItem{"m", jacket, 0}}, lasting, 2,
		},
		{
			"an answer", []step{{0, AddItem{"m", jacket, 1}}, {1, answer}},
			step{2, answer}, lasting, 2,
		},
		{
			"an answer under another id", []step{{0, AddItem{"m", jacket, 1}}, {1, answer}},
			step{2, Acknowledge{"another", 1, answer.Success, answer.Reason, answer.Message}}, lasting, 2,
		},
		{
			"an answer after the time for it", []step{{0, AddItem{"m", jacket, 1}}, {29, answer}},
			step{90, answer}, lasting, 2,
		},
		{
			"a checkout", []step{bought(jacket, 1), {0, CheckOut{"m"}}, bought(jacket, 1)},
			step{1, CheckOut{"m"}}, lasting, 2,
		},
		{
			"a checkout after the cart was closed", []step{bought(jacket, 1), {0, CheckOut{"m"}}},
			step{9000, CheckOut{"m"}}, ended(0), 2,
		},
		{
			"an add in the shop", []step{{0, ShopAdded{"e", jacket, 1}}},
			step{1, ShopAdded{"e", jacket, 1}}, lasting, 1,
		},
		{
			"a removal in the shop", []step{bought(jacket, 3), {0, ShopRemoved{"e", "jacket-m", 1}}},
			step{1, ShopRemoved{"e", "jacket-m", 1}}, lasting, 2,
		},
		{
			"an expiry", []step{{0, AddItem{"m", jacket, 1}}, {30, Expire{1}}},
			step{31, Expire{1}}, lasting, 2,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := play(t, c.given...)
			after, result, err := Do(before, c.again.command, c.call, at(c.again.at))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(Result{Version: c.want}, result); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(before, after); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatAnIDOfACommandCannotBe(t *testing.T) {
	used := func(id string) *Refusal {
		return &Refusal{Conflict, "clientMutationId", fmt.Sprintf("clientMutationId %q was given to another command", id)}
	}

	for _, r := range []rule{
		{
			name: "that of a command for another SKU", given: []step{{0, AddItem{"m", jacket, 1}}},
			command: AddItem{"m", socks, 1}, refused: used("m"),
		},
		{
			name: "that of a command with another quantity", given: []step{{0, AddItem{"m", jacket, 1}}},
			command: AddItem{"m", jacket, 2}, refused: used("m"),
		},
		{
			name: "that of another kind of command", given: []step{bought(jacket, 1), {0, AddItem{"m", jacket, 1}}},
			command: UpdateItem{"m", jacket, 1}, refused: used("m"),
		},
		{
			name: "that of an answer to another request", command: Acknowledge{"m", 2, true, "", ""}, at: 1,
			given:   []step{{0, AddItem{"", jacket, 1}}, {0, AddItem{"", socks, 1}}, {0, Acknowledge{"m", 1, true, "", ""}}},
			refused: used("m"),
		},
		{
			name:    "longer than 128 bytes",
			command: AddItem{repeat("m", 129), jacket, 1},
			refused: &Refusal{BadUserInput, "clientMutationId", "clientMutationId has 129 bytes; it can have 128"},
		},
		{
			name: "longer than 128 bytes with an answer", given: []step{{0, AddItem{"", jacket, 1}}},
			command: Acknowledge{repeat("m", 129), 1, true, "", ""},
			refused: &Refusal{BadUserInput, "clientMutationId", "clientMutationId has 129 bytes; it can have 128"},
		},
		{
			name: "but it can be that of another party's command", at: 1,
			given:   []step{{0, AddItem{"m", jacket, 1}}},
			command: ShopAdded{"m", socks, 1},
			want:    Update{Kind: ItemAdded, Item: item(socks, 1)},
		},
		{
			name: "and it can be that of a refused command", at: 1,
			given:   []step{{0, AddItem{"", jacket, 1}}, {1, Acknowledge{RequestID: 1, Reason: OutOfStock}}},
			command: AddItem{"m", jacket, 1},
			want:    Update{Kind: ItemRequested, Request: ptr(pendingRequest(3, ShouldAddItem, jacket, 1, 0, 1))},
		},
	} {
		r.run(t)
	}
}

func TestCommandsWithoutAnIDAreNewEachTime(t *testing.T) {
	s := play(t, bought(jacket, 1), bought(jacket, 1), step{1, CheckOut{}}, step{1, CheckOut{}})
	if s.Cart.Version != 4 || s.Cart.Items[0].Quantity != 2 {
		t.Errorf("%+v", s.Cart)
	}
}

func TestTheLatestCommandsAreRemembered(t *testing.T) {
	var s State
	do := func(i int) Result {
		t.Helper()
		next, result, err := Do(s, ShopAdded{fmt.Sprint(i), with(socks, func(p *Product) { p.SKU = fmt.Sprint(i % 7) }), 1}, lasting, at(0))
		if err != nil {
			t.Fatal(err)
		}
		s = next
		return result
	}
	for i := range Remembered + 1 {
		do(i)
	}

	if len(s.Memory) != Remembered {
		t.Errorf("%d names are remembered, want %d", len(s.Memory), Remembered)
	}
	if result := do(1); result.Version != 2 || result.Update != nil {
		t.Errorf("the oldest remembered command was repeated as %+v", result)
	}
	if result := do(0); result.Update == nil {
		t.Error("the command before it is still remembered")
	}
}

// A full cart asked for and answered at one go is what the memory is made for.
func TestEveryCommandOfAFullCartIsRemembered(t *testing.T) {
	type sent struct {
		command Command
		version int64
	}
	var s State
	var log []sent
	do := func(c Command) {
		t.Helper()
		next, result, err := Do(s, c, lasting, at(1))
		if err != nil {
			t.Fatal(err)
		}
		s, log = next, append(log, sent{c, result.Version})
	}
	for i := range MaxLines {
		do(AddItem{fmt.Sprintf("ask %d", i), with(jacket, func(p *Product) { p.SKU = fmt.Sprint(i) }), 1})
	}
	for i := range MaxLines {
		do(Acknowledge{MutationID: fmt.Sprintf("answer %d", i), RequestID: int64(i + 1), Success: true})
	}

	for _, l := range log {
		_, result, err := Do(s, l.command, lasting, at(2))
		if diff := cmp.Diff(Result{Version: l.version}, result); err != nil || diff != "" {
			t.Fatalf("%+v again: %v %s", l.command, err, diff)
		}
	}
}
