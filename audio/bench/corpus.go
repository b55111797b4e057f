package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// spoken are sentences of about four seconds.
var spoken = []string{
	"In the cigar factories of Havana a man on a high chair read the newspaper aloud.",
	"The minister said on Tuesday that talks would go on through the night, if need be.",
	"Nobody at the harbour remembered a winter in which the ice had come so late.",
	"It costs nothing to listen, she wrote, and it is astonishing how few people do.",
	"The bridge was closed at six, and by seven the whole town was standing in the rain.",
	"Two of the three drawings were found behind a cupboard in the old customs house.",
	"What the committee wanted was a figure; what it got was a story about a dog.",
	"They counted the votes by lamplight, and then, to be sure, they counted them again.",
}

// corpus makes MP3s.
type corpus struct{ dir string }

func newCorpus(dir string) (*corpus, error) {
	for _, p := range []string{"flite", "lame", "ffmpeg", "ffprobe", "mpg123"} {
		if _, err := exec.LookPath(p); err != nil {
			return nil, fmt.Errorf("%s is needed: apt-get install flite lame ffmpeg mpg123 mp3val sox", p)
		}
	}
	c := &corpus{dir}
	for i, s := range spoken {
		if err := run("flite", "-voice", "rms", "-t", s, "-o", c.wav(i)); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *corpus) wav(i int) string {
	return filepath.Join(c.dir, fmt.Sprintf("s%d.wav", i%len(spoken)))
}

// parts returns n files in one format, which is named and given as lame's flags.
// Beyond the first few they are copies under other names.
func (c *corpus) parts(name string, n int, flags ...string) ([]string, error) {
	dir := filepath.Join(c.dir, name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	files := make([]string, n)
	for i := range files {
		files[i] = filepath.Join(dir, fmt.Sprintf("%05d.mp3", i))
		if _, err := os.Stat(files[i]); err == nil {
			continue
		}
		if err := c.part(files, i, flags); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func (c *corpus) part(files []string, i int, flags []string) error {
	if i < len(spoken) {
		return run("lame", append(append([]string{"--quiet", "--resample", "24"}, flags...), c.wav(i), files[i])...)
	}
	b, err := os.ReadFile(files[i%len(spoken)])
	if err != nil {
		return err
	}
	return os.WriteFile(files[i], b, 0o600)
}

func run(name string, args ...string) error {
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return nil
}

func sizeOf(files []string) (total int64) {
	for _, f := range files {
		if info, err := os.Stat(f); err == nil {
			total += info.Size()
		}
	}
	return total
}
