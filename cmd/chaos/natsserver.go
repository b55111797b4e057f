package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// natsServer is the command with which this program, run again as a child, is
// one NATS server.
const natsServer = "nats-server"

// natsConfig returns the configuration file of the command nats-server FILE.
func natsConfig(args []string) (file string, found bool) {
	if len(args) == 2 && args[0] == natsServer {
		return args[1], true
	}
	return "", false
}

// serveNATS runs the NATS server of a configuration file until a signal ends it.
func serveNATS(ctx context.Context, config string) error {
	surviveFullDisk()
	opts, err := server.ProcessConfigFile(config)
	if err != nil {
		return fmt.Errorf("read %s: %w", config, err)
	}
	opts.NoSigs = true
	s, err := server.NewServer(opts)
	if err != nil {
		return fmt.Errorf("NATS server: %w", err)
	}
	s.ConfigureLogger()
	s.Start()
	if !s.ReadyForConnections(time.Minute) {
		return errors.New("NATS server: not ready after a minute")
	}
	<-ctx.Done()
	s.Shutdown()
	s.WaitForShutdown()
	return nil
}

// node is one server of the cluster and its address for clients.
type node struct {
	child
	address string
}

// cluster is three NATS servers on loopback, every write synced.
type cluster struct{ nodes []*node }

const clusterSize = 3

// newCluster writes the configuration of three servers below dir. self is the
// executable that is a NATS server when it is asked to.
func newCluster(dir, self string) (*cluster, error) {
	ports, err := freePorts(2 * clusterSize)
	if err != nil {
		return nil, err
	}
	clients, routes := ports[:clusterSize], ports[clusterSize:]
	c := &cluster{}
	for i, port := range clients {
		name := fmt.Sprintf("n%d", i+1)
		file := filepath.Join(dir, name+".conf")
		if err := os.WriteFile(file, []byte(nodeConfig(name, dir, port, routes, i)), 0o644); err != nil {
			return nil, err
		}
		n := &node{address: loopback(port)}
		n.name, n.path, n.args, n.dir = name, self, []string{natsServer, file}, dir
		c.nodes = append(c.nodes, n)
	}
	return c, nil
}

// nodeConfig is one server's configuration. It does not advertise the other servers'
// addresses, since clients reach each server through a proxy.
func nodeConfig(name, dir string, port int, routes []int, at int) string {
	var peers []string
	for i, r := range routes {
		if i != at {
			peers = append(peers, fmt.Sprintf("%q", "nats://"+loopback(r)))
		}
	}
	return fmt.Sprintf(`server_name: %s
listen: %q
max_payload: 1MB
jetstream { store_dir: %q, sync_interval: always, max_file_store: 10GB, max_memory_store: 64MB }
cluster { name: chaos, listen: %q, no_advertise: true, routes: [%s] }
`, name, loopback(port), filepath.Join(dir, name), loopback(routes[at]), strings.Join(peers, ", "))
}

// urls are the addresses of all servers for a client.
func (c *cluster) urls() string {
	var all []string
	for _, n := range c.nodes {
		all = append(all, "nats://"+n.address)
	}
	return strings.Join(all, ",")
}

// start starts all servers.
func (c *cluster) start(ctx context.Context) error {
	for _, n := range c.nodes {
		if err := n.start(ctx); err != nil {
			return err
		}
	}
	return nil
}

// kill ends all servers.
func (c *cluster) kill() {
	for _, n := range c.nodes {
		n.kill()
	}
}

// named returns the server of a name, or the first: a leader that is not known
// is as good as any.
func (c *cluster) named(name string) *node {
	for _, n := range c.nodes {
		if n.name == name {
			return n
		}
	}
	return c.nodes[0]
}
