package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// listen opens the address, by TLS where a certificate is given. It fails for a
// certificate without its key, and for files that do not belong together.
func listen(address, certificate, key string) (net.Listener, error) {
	if (certificate == "") != (key == "") {
		return nil, errors.New("TLS needs a certificate and its key: --tls-cert and --tls-key")
	}
	if certificate == "" {
		return listenPlain(address)
	}
	pair := &keyPair{certificate: certificate, key: key}
	if _, err := pair.get(nil); err != nil {
		return nil, fmt.Errorf("read the certificate: %w", err)
	}
	listener, err := listenPlain(address)
	if err != nil {
		return nil, err
	}
	return tls.NewListener(listener, &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"http/1.1"}, // sockets and event streams are spoken over it
		GetCertificate: pair.get,
	}), nil
}

// listenPlain opens the address without TLS. It says what to do where another
// program has it.
func listenPlain(address string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("something else listens on %s: name another address by LISTEN_ADDR, such as 127.0.0.1:8081", address)
	}
	return listener, err
}

// keyPair is a certificate and its key, read again when the file of the
// certificate changes.
type keyPair struct {
	certificate, key string

	mu   sync.Mutex
	read *tls.Certificate
	asOf time.Time // of the file
}

// get returns the certificate. One that is being replaced, and cannot be read,
// leaves the one before in place.
func (k *keyPair) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	file, err := os.Stat(k.certificate)
	if err == nil && k.read != nil && file.ModTime().Equal(k.asOf) {
		return k.read, nil
	}
	if err == nil {
		var pair tls.Certificate
		if pair, err = tls.LoadX509KeyPair(k.certificate, k.key); err == nil {
			k.read, k.asOf = &pair, file.ModTime()
		}
	}
	if k.read == nil {
		return nil, err
	}
	return k.read, nil
}
