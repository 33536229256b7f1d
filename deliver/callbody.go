package deliver

import (
	"context"
	"strings"
	"time"

	"cartograph/analytics"
)

// aboutCall is what every payload tells of its call.
type aboutCall struct {
	CallID   string    `json:"callId"`
	Type     string    `json:"type"` // "queue" or "booked_meeting"
	Test     bool      `json:"test"`
	ClientID *string   `json:"clientId"`
	Agent    *named    `json:"agent"`
	Queue    *named    `json:"queue"`
	Shopper  *personal `json:"shopper,omitempty"`
}

type named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// personal are the personal details that a shopper gave in the call.
type personal struct {
	FirstName string `json:"firstName,omitempty"`
	LastName  string `json:"lastName,omitempty"`
	Email     string `json:"email,omitempty"`
	Phone     string `json:"phone,omitempty"`
	Message   string `json:"message,omitempty"`
}

type startedCall struct {
	aboutCall
	StartedAt *string `json:"startedAt"`
}

type missedCall struct {
	aboutCall
	EnteredQueueAt *string  `json:"enteredQueueAt"`
	WaitSeconds    *float64 `json:"waitSeconds"`
}

// endedCall has what the call-ended webhook of the intake reads, and more: one
// gateway may send it to another.
type endedCall struct {
	aboutCall
	StartedAt       *string   `json:"startedAt"`
	EndedAt         *string   `json:"endedAt"`
	DurationSeconds *float64  `json:"durationSeconds"`
	Products        []product `json:"products"` // presented ones
	Chat            []message `json:"chat"`
	// MoreChat: the chat is longer than what is told of it.
	MoreChat bool `json:"moreChat"`
}

type product struct {
	SKU       string `json:"sku"`
	Name      string `json:"name"`
	BrandName string `json:"brandName,omitempty"`
	ImageURL  string `json:"imageUrl,omitempty"`
	PublicURL string `json:"publicUrl,omitempty"`
	Price     *price `json:"price,omitempty"`
}

type price struct {
	Current  string `json:"current"`
	Original string `json:"original,omitempty"`
	Currency string `json:"currency"`
}

type message struct {
	Src     string `json:"src"` // "agent" or "client"
	Date    string `json:"date"`
	Message string `json:"message"`
}

// about returns what every payload tells of a call, personal details only where
// they may be told.
func (d *Deliverer) about(ctx context.Context, reach analytics.Reach, call *analytics.Call, mayBePersonal bool) (aboutCall, error) {
	agents, err := d.repo.AgentsByID(ctx, reach, []string{call.AgentID})
	if err != nil {
		return aboutCall{}, err
	}
	queues, err := d.repo.QueuesByID(ctx, reach, []string{call.QueueID})
	if err != nil {
		return aboutCall{}, err
	}
	about := aboutCall{CallID: call.CallID, Type: strings.ToLower(string(call.Type)), Test: call.Test}
	if call.ClientID != "" {
		client := string(call.ClientID)
		about.ClientID = &client
	}
	if call.AgentID != "" {
		about.Agent = &named{call.AgentID, call.AgentID}
		if agent := agents[call.AgentID]; agent != nil {
			about.Agent.Name = agent.Name
		}
	}
	if call.QueueID != "" {
		about.Queue = &named{call.QueueID, call.QueueID}
		if queue := queues[call.QueueID]; queue != nil {
			about.Queue.Name = queue.Name
		}
	}
	if mayBePersonal {
		s := call.Shopper
		about.Shopper = &personal{string(s.FirstName), string(s.LastName), string(s.Email), string(s.Phone), string(s.Message)}
	}
	return about, nil
}

func (d *Deliverer) endedCall(ctx context.Context, reach analytics.Reach, call *analytics.Call, about aboutCall) (any, error) {
	products, err := d.products(ctx, reach, call.PresentedSKUs)
	if err != nil {
		return nil, err
	}
	chat, more, err := d.chat(ctx, reach, call.CallID)
	if err != nil {
		return nil, err
	}
	return endedCall{about, moment(call.StartedAt), moment(call.EndedAt), call.DurationSeconds(), products, chat, more}, nil
}

func (d *Deliverer) products(ctx context.Context, reach analytics.Reach, skus []string) ([]product, error) {
	known, err := d.repo.ProductsBySKU(ctx, reach, skus)
	if err != nil {
		return nil, err
	}
	products := make([]product, len(skus))
	for i, sku := range skus {
		products[i] = product{SKU: sku, Name: sku}
		p := known[sku]
		if p == nil {
			continue
		}
		article := p.Article(sku)
		products[i] = product{SKU: sku, Name: article.Name, BrandName: string(p.BrandName), PublicURL: string(p.URL)}
		if len(p.ImageURLs) > 0 {
			products[i].ImageURL = p.ImageURLs[0]
		}
		if article.Price != nil {
			products[i].Price = &price{Current: article.Price.Amount(), Currency: article.Price.Currency}
		}
	}
	return products, nil
}

// maxChat bounds the messages of a payload, from the first: a long call has some
// hundred, and a body of a megabyte helps nobody.
const maxChat = 1000

// chat returns the messages of a call in the order they were written, and whether
// there are more.
func (d *Deliverer) chat(ctx context.Context, reach analytics.Reach, callID string) (chat []message, more bool, err error) {
	subject, size := analytics.CallSubject(callID), analytics.MaxPage
	chat = []message{}
	page := analytics.PageArgs{First: &size}
	for len(chat) < maxChat {
		read, err := d.repo.MessagesBySubject(ctx, reach, []string{subject}, analytics.AllMessages, page)
		if err != nil {
			return nil, false, err
		}
		for _, m := range read[subject].Nodes() {
			src := "client"
			if m.Author == analytics.ByAgent {
				src = "agent"
			}
			chat = append(chat, message{src, analytics.FormatTime(m.At), m.Text})
		}
		if more = read[subject].PageInfo.HasNextPage; !more {
			break
		}
		page.After = read[subject].PageInfo.EndCursor
	}
	return chat, more, nil
}

// moment returns a time as payloads have it.
func moment(t *time.Time) *string {
	if t == nil {
		return nil
	}
	text := analytics.FormatTime(*t)
	return &text
}
