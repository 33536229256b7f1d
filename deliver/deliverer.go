package deliver

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"cartograph/analytics"
	"cartograph/repository"
)

const (
	// lookEvery is how often what is due is looked for: one look is a read of an
	// index, and nobody waits for a second more.
	lookEvery = time.Second
	// perEndpoint, perOrganization and inAll bound what is sent at the same time: a
	// receiver that hangs holds up its own webhooks alone, until eight of its
	// organization hang at once; and these hold up no other organization.
	perEndpoint     = 4
	perOrganization = inAll / 2
	inAll           = 64
	// claimFor is how long a delivery belongs to who sends it: much longer than a
	// request takes with the reads and writes around it, so that clocks of gateways
	// may differ; and how late another one takes over what a dead one held.
	claimFor = time.Minute
	// workTimeout ends what takes so long that the claim comes near its end.
	workTimeout = 40 * time.Second
	// stopTimeout is how long requests may go on after the signal to stop.
	stopTimeout = 5 * time.Second
	// tidyEvery is how often old deliveries are deleted, which are kept for days.
	tidyEvery = time.Hour
)

// Options say how to deliver.
type Options struct {
	Policy analytics.WebhookPolicy
	Log    *slog.Logger
	// Hear, if set, hears how each attempt ended: delivered, or the cause of the
	// failure.
	Hear func(ctx context.Context, outcome string)
	// OnWork, if set, is called when a delivery begins, which then runs in the context
	// it returns; ended hears how it ended.
	OnWork func(ctx context.Context, what string) (_ context.Context, ended func(error))
	// Now, Jitter (from 0 to 1) and Timeout are for tests; nil and 0 stand for the
	// clock, chance, and 10 seconds.
	Now     func() time.Time
	Jitter  func() float64
	Timeout time.Duration
}

// Deliverer sends the webhooks of all organizations.
type Deliverer struct {
	repo    *repository.Repository
	client  *http.Client
	log     *slog.Logger
	now     func() time.Time
	jitter  func() float64
	timeout time.Duration
	hear    func(ctx context.Context, outcome string)
	onWork  func(ctx context.Context, what string) (context.Context, func(error))

	working sync.WaitGroup
	wake    chan struct{} // something ended: there is room

	mu      sync.Mutex
	running map[repository.EndpointKey]int
	ofOrg   map[string]int
	total   int
}

// New returns a deliverer on a database.
func New(repo *repository.Repository, o Options) *Deliverer {
	d := &Deliverer{
		repo: repo, client: newClient(o.Policy), log: o.Log, now: o.Now, jitter: o.Jitter, timeout: o.Timeout, hear: o.Hear, onWork: o.OnWork,
		wake: make(chan struct{}, 1), running: map[repository.EndpointKey]int{}, ofOrg: map[string]int{},
	}
	if d.now == nil {
		d.now = time.Now
	}
	if d.jitter == nil {
		d.jitter = rand.Float64
	}
	if d.hear == nil {
		d.hear = func(context.Context, string) {}
	}
	if d.onWork == nil {
		d.onWork = func(ctx context.Context, _ string) (context.Context, func(error)) { return ctx, func(error) {} }
	}
	if d.timeout == 0 {
		d.timeout = requestTimeout
	}
	return d
}

// Run delivers until the context ends. What is under way then has some seconds
// left; what does not end in time is sent again by whoever comes next.
func (d *Deliverer) Run(ctx context.Context) {
	sending, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	var tidied time.Time
	for ctx.Err() == nil {
		d.sendDue(ctx, sending)
		if now := d.now(); now.Sub(tidied) >= tidyEvery {
			tidied = now
			d.report(ctx, "delete old webhook deliveries", d.repo.DeleteOldWebhookDeliveries(ctx, now))
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		case <-d.wake:
		}
	}
	stop := time.AfterFunc(stopTimeout, cut)
	defer stop.Stop()
	d.working.Wait()
}

// sendDue begins to send what is due, as far as there is room. What it begins runs
// within the context sending, and ends in working.
func (d *Deliverer) sendDue(ctx, sending context.Context) {
	var passed []repository.EndpointKey // endpoints of organizations that have their share
	for ctx.Err() == nil {
		free, busy := d.room()
		if free == 0 {
			return
		}
		due, err := d.repo.DueWebhookDeliveries(ctx, d.now(), append(busy, passed...), free)
		if err != nil {
			d.report(ctx, "find due webhooks", err)
			return
		}
		gone := 0
		for _, delivery := range due {
			switch key := keyOf(delivery); {
			case d.hasShare(key.Org):
				if !slices.Contains(passed, key) {
					passed = append(passed, key)
					gone++
				}
			case d.begin(ctx, sending, delivery):
				gone++
			}
		}
		// Where all that was found is taken by others, or nothing more is due, the
		// next look is as good.
		if gone == 0 || len(due) < free {
			return
		}
	}
}

func keyOf(d *analytics.WebhookDelivery) repository.EndpointKey {
	return repository.EndpointKey{Org: d.Org, EndpointID: d.EndpointID}
}

// hasShare reports whether as much is being sent for an organization as may be.
func (d *Deliverer) hasShare(org string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ofOrg[org] >= perOrganization
}

// begin claims a delivery and sends it beside the others. It reports false where
// there is no room for its endpoint, and where somebody else claimed it.
func (d *Deliverer) begin(ctx, sending context.Context, delivery *analytics.WebhookDelivery) bool {
	key := keyOf(delivery)
	if !d.enter(key) {
		return false
	}
	now := d.now()
	claimed, err := d.repo.ClaimWebhookDelivery(ctx, delivery, now, now.Add(claimFor))
	if err != nil || !claimed {
		d.report(ctx, "claim a webhook", err)
		d.leave(key)
		return false
	}
	d.working.Go(func() {
		defer d.leave(key)
		ctx, cancel := context.WithTimeout(sending, workTimeout)
		defer cancel()
		ctx, ended := d.onWork(ctx, "deliver webhook")
		err := d.deliver(ctx, delivery)
		ended(err)
		d.report(ctx, "deliver webhook "+delivery.DeliveryID, err)
	})
	return true
}

// room returns how many more may be sent, and the endpoints that have their share.
func (d *Deliverer) room() (free int, busy []repository.EndpointKey) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for key, n := range d.running {
		if n >= perEndpoint {
			busy = append(busy, key)
		}
	}
	return inAll - d.total, busy
}

func (d *Deliverer) enter(key repository.EndpointKey) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.running[key] >= perEndpoint || d.ofOrg[key.Org] >= perOrganization || d.total >= inAll {
		return false
	}
	d.running[key]++
	d.ofOrg[key.Org]++
	d.total++
	return true
}

func (d *Deliverer) leave(key repository.EndpointKey) {
	d.mu.Lock()
	d.total--
	if d.running[key]--; d.running[key] == 0 {
		delete(d.running, key)
	}
	if d.ofOrg[key.Org]--; d.ofOrg[key.Org] == 0 {
		delete(d.ofOrg, key.Org)
	}
	d.mu.Unlock()
	select {
	case d.wake <- struct{}{}:
	default: // it is awake
	}
}

// deliver makes an attempt to deliver what was claimed, and records it. It fails
// where that is not possible: then the claim runs out, and somebody tries again.
func (d *Deliverer) deliver(ctx context.Context, delivery *analytics.WebhookDelivery) error {
	reach := analytics.Reach{Org: delivery.Org}
	endpoints, err := d.repo.WebhookEndpointsByID(ctx, reach, []string{delivery.EndpointID})
	if err != nil {
		return err
	}
	e := endpoints[delivery.EndpointID]
	if e == nil {
		return d.repo.DeleteWebhookDelivery(ctx, delivery)
	}
	if !e.Enabled {
		return d.giveUp(ctx, delivery, analytics.WebhookDisabled)
	}
	body, err := d.body(ctx, reach, e, delivery)
	if analytics.CodeOf(err) == analytics.NotFound {
		return d.giveUp(ctx, delivery, analytics.WebhookSourceGone)
	}
	if err != nil {
		return err
	}
	attempt := d.send(ctx, e, delivery.EventID, body)
	// The answer is there, or the gateway stops: in any case it is recorded.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	return d.settle(ctx, reach, delivery, attempt)
}

// settle records an attempt, and when the next one is to be made. A receiver that
// says it is gone is not told of anything any more.
func (d *Deliverer) settle(ctx context.Context, reach analytics.Reach, delivery *analytics.WebhookDelivery, attempt analytics.WebhookAttempt) error {
	now := d.now()
	if attempt.Error == nil {
		d.hear(ctx, "delivered")
	} else {
		d.hear(ctx, string(*attempt.Error))
	}
	var again time.Time
	switch {
	case attempt.Error == nil:
	case attempt.StatusCode != nil && *attempt.StatusCode == http.StatusGone:
		_, err := d.repo.ChangeWebhookEndpoint(ctx, reach, delivery.EndpointID, func(e *analytics.WebhookEndpoint) error {
			e.Leave()
			return nil
		})
		if err != nil && analytics.CodeOf(err) != analytics.NotFound {
			return err
		}
	case *attempt.Error == analytics.WebhookInterrupted:
		again = now
	default:
		again = next(delivery.Since, now, delivery.Tries, d.jitter())
	}
	_, err := d.repo.SettleWebhookDelivery(ctx, delivery, attempt, again, now)
	return err
}

// giveUp records an attempt that cannot be made.
func (d *Deliverer) giveUp(ctx context.Context, delivery *analytics.WebhookDelivery, cause analytics.WebhookError) error {
	d.hear(ctx, string(cause))
	now, none := d.now(), int64(0)
	_, err := d.repo.SettleWebhookDelivery(ctx, delivery, analytics.WebhookAttempt{At: now, Duration: &none, Error: &cause}, time.Time{}, now)
	return err
}

// report logs what failed; what the signal to stop broke off did not.
func (d *Deliverer) report(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil {
		d.log.ErrorContext(ctx, what, "error", err)
	}
}

func unixSeconds(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }
