package nats

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"lector"
)

// Cluster is several NATS servers in this process that know each other. It is for
// measurements: all of them end with this machine.
type Cluster struct{ nodes []*Embedded }

// StartCluster starts servers as Start does one, below dir and on free loopback
// ports, and waits until they have a leader.
func StartCluster(ctx context.Context, dir string, nodes int, log *slog.Logger) (*Cluster, error) {
	ports, err := freePorts(nodes)
	if err != nil {
		return nil, err
	}
	var routes []string
	for _, port := range ports {
		routes = append(routes, fmt.Sprintf("nats://127.0.0.1:%d", port))
	}
	c := &Cluster{}
	for i, port := range ports {
		if err := c.add(filepath.Join(dir, fmt.Sprint("node", i+1)), port, strings.Join(routes, ","), log); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	if err := c.awaitLeader(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// add starts one more server, with the login of the others.
func (c *Cluster) add(dir string, port int, routes string, log *slog.Logger) error {
	opts, err := serverOptions(dir, "127.0.0.1:0")
	if err != nil {
		return err
	}
	if len(c.nodes) > 0 {
		opts.Password = c.nodes[0].access.Password
	}
	opts.ServerName = filepath.Base(dir)
	opts.Routes = server.RoutesFromStr(routes)
	opts.Cluster = server.ClusterOpts{Name: "lector", Host: "127.0.0.1", Port: port}
	e, err := start(dir, "127.0.0.1:0", opts, log)
	if err == nil {
		c.nodes = append(c.nodes, e)
	}
	return err
}

// freePorts returns ports that nobody listens on at this moment: each server wants to
// know all of them before the first one starts.
func freePorts(n int) (ports []int, err error) {
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}

// awaitLeader waits until one of the servers leads and knows all others.
func (c *Cluster) awaitLeader(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for !slices.ContainsFunc(c.nodes, c.leads) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return lector.Hint(errors.New("the cluster has no leader after a minute"),
				"is this machine very busy? Try again later, or with one node")
		}
	}
	return nil
}

func (c *Cluster) leads(e *Embedded) bool {
	return e.server.JetStreamIsLeader() && len(e.server.JetStreamClusterPeers()) == len(c.nodes)
}

// Access returns how to connect to the cluster.
func (c *Cluster) Access() Access {
	a := c.nodes[0].Access()
	var urls []string
	for _, e := range c.nodes {
		urls = append(urls, e.Access().URL)
	}
	a.URL = strings.Join(urls, ",")
	return a
}

// Close stops all servers.
func (c *Cluster) Close() (err error) {
	for _, e := range c.nodes {
		err = errors.Join(err, e.Close())
	}
	return err
}
