package live_test

import (
	"testing"
	"time"

	"cartograph/live"
)

func TestWhoHearsEverythingHearsWhatOtherGatewaysTell(t *testing.T) {
	nats := startNATS(t, 0)
	defer nats.Shutdown()
	var here, there live.Broker
	heard := make(chan string, 100)
	here.Hear(func(topic string) {
		select {
		case heard <- topic:
		default:
		}
	})
	for _, b := range []*live.Broker{&here, &there} {
		link, err := live.Connect(nats.ClientURL(), b, silent)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(link.Close)
	}
	here.Publish("ours", 0)
	for first := ""; first != "theirs"; { // until both are connected
		there.Publish("theirs", 0)
		select {
		case first = <-heard:
			if first == "ours" {
				t.Error("it heard of itself")
			}
		case <-time.After(time.Millisecond):
		}
	}
	here.DeliverAll() // notices may have been lost
	for topic := range heard {
		if topic == "" {
			return
		}
	}
}
