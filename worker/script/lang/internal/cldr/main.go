// Command cldr copies what package lang needs from the npm packages of CLDR
// into the folders of the languages: go generate ./worker/script/lang.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const version = "48.2.0"

// packages are the npm packages that are read.
var packages = strings.Fields("cldr-core cldr-rbnf cldr-units-full cldr-numbers-full")

func main() {
	from := flag.String("from", "", "folder with the packages unpacked, NAME-"+version+"/package; empty: fetched by npm")
	to := flag.String("to", ".", "folder of package lang")
	flag.Parse()
	if err := run(*from, *to); err != nil {
		fmt.Fprintln(os.Stderr, "cldr:", err)
		os.Exit(1)
	}
}

func run(from, to string) error {
	if from == "" {
		folder, err := os.MkdirTemp("", "cldr")
		if err != nil {
			return err
		}
		defer os.RemoveAll(folder)
		if err := fetch(folder); err != nil {
			return err
		}
		from = folder
	}
	c := copier{from: from, to: to}
	languages, err := c.languages()
	if err != nil {
		return err
	}
	for _, tag := range languages {
		if err := c.language(tag); err != nil {
			return fmt.Errorf("%s: %w", tag, err)
		}
	}
	return c.notice()
}

// fetch unpacks the packages into folder.
func fetch(folder string) error {
	for _, name := range packages {
		at := filepath.Join(folder, name+"-"+version)
		if err := os.MkdirAll(at, 0o755); err != nil {
			return err
		}
		if err := command(folder, "npm", "pack", "--silent", name+"@"+version); err != nil {
			return err
		}
		if err := command(folder, "tar", "-xzf", name+"-"+version+".tgz", "-C", at); err != nil {
			return err
		}
	}
	return nil
}

func command(folder, name string, args ...string) error {
	c := exec.Command(name, args...) //nolint:noctx // a person who runs go generate stops it
	c.Dir, c.Stderr = folder, os.Stderr
	if err := c.Run(); err != nil {
		return fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return nil
}

type copier struct {
	from, to string
}

// languages are the folders of package lang that have a tag for a name.
func (c copier) languages() ([]string, error) {
	entries, err := os.ReadDir(c.to)
	if err != nil {
		return nil, err
	}
	var tags []string
	for _, entry := range entries {
		if entry.IsDir() && len(entry.Name()) <= len("tlh") {
			tags = append(tags, entry.Name())
		}
	}
	return tags, nil
}

// language writes the files of one language.
func (c copier) language(tag string) error {
	for _, write := range []func(string) error{c.numbers, c.plurals, c.units, c.currencies} {
		if err := write(tag); err != nil {
			return err
		}
	}
	return nil
}

// path returns where a file of a package lies.
func (c copier) path(name, file string) string {
	return filepath.Join(c.from, name+"-"+version, "package", file)
}

// read decodes a JSON file of a package.
func (c copier) read(name, file string, into any) error {
	data, err := os.ReadFile(c.path(name, file))
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

// write writes a language's file, without the rows that the file of our own
// beside it replaces, and with a line that says where it is from.
func (c copier) write(tag, file string, body *bytes.Buffer) error {
	own, err := c.own(tag, file)
	if err != nil {
		return err
	}
	keys := map[string]bool{}
	for row := range strings.Lines(own) {
		if key, value, found := strings.Cut(row, ": "); found && value != "" {
			keys[key] = true
		}
	}
	text := "# CLDR " + version + ", copied by go generate; see ../NOTICE. Do not edit: rows of our own stand in the file beside it.\n"
	for row := range strings.Lines(body.String()) {
		if key, _, _ := strings.Cut(row, ": "); !keys[key] || file == numbersFile {
			text += row
		}
	}
	return os.WriteFile(filepath.Join(c.to, tag, file), []byte(text), 0o644)
}

// own returns the file of our own that stands beside a copied one.
func (c copier) own(tag, file string) (string, error) {
	text, err := os.ReadFile(filepath.Join(c.to, tag, strings.TrimSuffix(file, ".txt")+"-own.txt"))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return string(text), err
}

func (c copier) notice() error {
	licence, err := os.ReadFile(c.path("cldr-core", "LICENSE"))
	if err != nil {
		return err
	}
	text := "The files cldr-*.txt in the folders of this one, except cldr-*-own.txt, are extracts of the Unicode\n" +
		"Common Locale Data Repository, version " + version + " (npm packages " + strings.Join(packages, ", ") + "),\n" +
		"under the licence below.\n\n"
	return os.WriteFile(filepath.Join(c.to, "NOTICE"), append([]byte(text), licence...), 0o644)
}
