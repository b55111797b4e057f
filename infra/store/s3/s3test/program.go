package s3test

import (
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Program is an S3 server that can be built from the Go module proxy.
type Program struct {
	Name    string // of the executable
	Install string // how to get it
	module  string // whose version is the program's
	ports   int    // how many it listens on; the first is that of S3
	health  string // path that answers 200 when the server is ready
	run     func(s *Server, ports []string) (args, env []string, err error)
}

// Programs returns all servers that Lector is tried with.
func Programs() []Program { return []Program{versitygw(), seaweedFS(), minIO()} }

// versitygw keeps objects as files.
func versitygw() Program {
	return Program{
		Name: "versitygw", Install: "go install github.com/versity/versitygw/cmd/versitygw@v1.8.0",
		module: "github.com/versity/versitygw", ports: 1, health: "/health", run: runVersitygw,
	}
}

func runVersitygw(s *Server, ports []string) (args, env []string, err error) {
	data, meta := filepath.Join(s.Dir, "data"), filepath.Join(s.Dir, "meta")
	for _, dir := range []string{data, meta} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, nil, err
		}
	}
	args = []string{"--port", "127.0.0.1:" + ports[0], "--health", "/health", "--region", region, "--quiet",
		"posix", "--sidecar", meta, data} // the sidecar serves where there are no extended attributes
	return args, []string{"ROOT_ACCESS_KEY_ID=" + s.AccessKeyID, "ROOT_SECRET_ACCESS_KEY=" + s.SecretAccessKey}, nil
}

// seaweedFS keeps objects in volumes, and its names in a filer.
func seaweedFS() Program {
	return Program{
		Name: "weed", Install: "make stores",
		module: "github.com/seaweedfs/seaweedfs", ports: 8, health: "/healthz", run: runSeaweedFS,
	}
}

func runSeaweedFS(s *Server, ports []string) (args, env []string, err error) {
	type credential struct {
		AccessKey string `json:"accessKey"`
		SecretKey string `json:"secretKey"`
	}
	type identity struct {
		Name        string       `json:"name"`
		Credentials []credential `json:"credentials"`
		Actions     []string     `json:"actions"`
	}
	users, err := json.Marshal(map[string][]identity{"identities": {{
		Name: "lector", Credentials: []credential{{s.AccessKeyID, s.SecretAccessKey}},
		Actions: []string{"Admin", "Read", "Write", "List", "Tagging"},
	}}})
	if err != nil {
		return nil, nil, err
	}
	config := filepath.Join(s.Dir, "s3.json")
	if err := os.WriteFile(config, users, 0o600); err != nil {
		return nil, nil, err
	}
	// Each bucket gets volumes of its own, so there must be many small ones.
	return []string{"server", "-dir=" + s.Dir, "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-volume.max=1000", "-master.volumeSizeLimitMB=16",
		"-s3", "-s3.config=" + config, "-s3.port=" + ports[0], "-s3.port.grpc=" + ports[1],
		"-master.port=" + ports[2], "-master.port.grpc=" + ports[3],
		"-volume.port=" + ports[4], "-volume.port.grpc=" + ports[5], "-filer.port=" + ports[6], "-filer.port.grpc=" + ports[7]}, nil, nil
}

// minIO keeps objects in files of its own form.
func minIO() Program {
	return Program{
		Name: "minio", Install: "go install github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c",
		module: "github.com/minio/minio", ports: 2, health: "/minio/health/live",
		run: func(s *Server, ports []string) (args, env []string, err error) {
			return []string{"server", "--quiet", "--address", "127.0.0.1:" + ports[0], "--console-address", "127.0.0.1:" + ports[1],
					filepath.Join(s.Dir, "data")},
				[]string{"MINIO_ROOT_USER=" + s.AccessKeyID, "MINIO_ROOT_PASSWORD=" + s.SecretAccessKey, "MINIO_BROWSER=off"}, nil
		},
	}
}

// Find looks where make puts the program, on PATH, and where go install does.
func (p Program) Find() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if program := filepath.Join(dir, "bin", p.Name); executable(program) {
			return program, nil
		}
	}
	if program, err := exec.LookPath(p.Name); err == nil {
		return program, nil
	}
	if home, err := os.UserHomeDir(); err == nil {
		if program := filepath.Join(home, "go", "bin", p.Name); executable(program) {
			return program, nil
		}
	}
	return "", fmt.Errorf("%s is neither in ./bin nor on PATH", p.Name)
}

// Version returns the version of the program's module, as it was built.
func (p Program) Version() (string, error) {
	path, err := p.Find()
	if err != nil {
		return "", err
	}
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return "", err
	}
	for _, m := range append(info.Deps, &info.Main) {
		if m.Path == p.module {
			return m.Version, nil
		}
	}
	return "", fmt.Errorf("%s was not built of %s", path, p.module)
}

func executable(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}
