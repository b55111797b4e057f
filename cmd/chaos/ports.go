package main

import (
	"errors"
	"math/rand/v2"
	"net"
)

// The ports that servers are given. The system gives its clients ports from 32768 on:
// one of those could be taken while its server is down.
const firstPort, lastPort = 15000, 32000

// freePorts returns loopback ports that nobody listens on at the moment.
func freePorts(n int) (ports []int, err error) {
	for range 1000 {
		if len(ports) == n {
			return ports, nil
		}
		port := firstPort + rand.IntN(lastPort-firstPort)
		l, err := net.Listen("tcp", loopback(port))
		if err != nil {
			continue
		}
		defer l.Close() // together, so that no two are alike
		ports = append(ports, port)
	}
	return nil, errors.New("no free ports")
}
