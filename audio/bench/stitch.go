package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"runtime/debug"
	"strconv"
	"time"

	"lector/audio"
	"lector/audio/id3"
)

// collecting is how far garbage may grow, in percent.
func collecting(trim bool) int {
	if trim {
		return 50
	}
	return 400
}

// stitch is what `lector stitch` does, without the rest of lector in the
// process.
func stitch(args []string) error {
	fs := flag.NewFlagSet("stitch", flag.ContinueOnError)
	out := fs.String("o", "", "")
	pause := fs.String("pause", "keep", "")
	trim := fs.Bool("trim", true, "")
	loud := fs.String("loudness", "off", "")
	if err := fs.Parse(args); err != nil {
		return err
	}
	opt := audio.Options{Trim: *trim, Pauses: *pause != "keep"}
	gap, err := time.Duration(0), error(nil)
	if opt.Pauses {
		gap, err = time.ParseDuration(*pause)
	}
	if *loud != "off" && err == nil {
		opt.Loudness = &audio.Level{Ceiling: -1}
		opt.Loudness.Target, err = strconv.ParseFloat(*loud, 64)
	}
	if err != nil {
		return err
	}
	debug.SetGCPercent(collecting(*trim)) // as lector stitch does
	var files audio.Files
	parts := make([]audio.Part, fs.NArg())
	for i, name := range fs.Args() {
		if parts[i], err = files.Part(name); err != nil {
			return err
		}
		parts[i].Pause = gap
	}
	plan, err := audio.NewPlan(context.Background(), parts, opt)
	if err != nil {
		return err
	}
	tag := id3.Tag{Software: "lector bench"}.Bytes()
	err = audio.WriteFile(*out, func(w io.Writer) error {
		_, err := plan.Write(context.Background(), w, tag)
		return err
	})
	return errors.Join(err, files.Close())
}
