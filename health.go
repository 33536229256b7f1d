package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// healthTimeout bounds the wait for a gateway to say that it lives.
const healthTimeout = 2 * time.Second

// healthCommand asks a gateway on this machine whether it lives: images without a
// shell have nothing else to ask by.
type healthCommand struct {
	ListenAddr string `help:"Address that the gateway listens on." env:"LISTEN_ADDR" default:"127.0.0.1:8080"`
	TLSCert    string `help:"Set where it serves TLS." env:"TLS_CERT" name:"tls-cert" placeholder:"FILE"`
	Ready      bool   `help:"Ask whether it is ready for requests too."`
}

// Run fails unless the gateway answers.
func (c *healthCommand) Run(ctx context.Context, t terminal) error {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	host, port, err := net.SplitHostPort(c.ListenAddr)
	if err != nil {
		return fmt.Errorf("LISTEN_ADDR: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	if c.TLSCert != "" {
		// Its certificate is for another name: that it takes connections has to do.
		connection, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(host, port))
		if err != nil {
			return err
		}
		return connection.Close()
	}
	path := "/healthz"
	if c.Ready {
		path = "/readyz"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+path, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the gateway answers %s", answer.Status)
	}
	_, err = fmt.Fprintln(t.out, "ok")
	return err
}
