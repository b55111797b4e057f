package polly

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/polly"
	"github.com/aws/aws-sdk-go-v2/service/polly/types"

	"lector"
)

// addMarks asks for the times of words, and adds them and their price. Marks of
// SSML point into the SSML, so with another pace there are none.
func (v *Voice) addMarks(ctx context.Context, spoken *sdk.SynthesizeSpeechInput, sent, original string, s *lector.Speech) error {
	if spoken.TextType != types.TextTypeText || sent != original {
		return nil
	}
	in := *spoken
	in.OutputFormat, in.SampleRate = types.OutputFormatJson, nil
	in.SpeechMarkTypes = []types.SpeechMarkType{types.SpeechMarkTypeWord}
	data, cost, err := v.call(ctx, &in)
	s.Characters += cost.Characters
	if err != nil {
		return fmt.Errorf("marks: %w", err)
	}
	s.Marks, err = parseMarks(data, len(sent))
	return err
}

// parseMarks reads one JSON object a line.
func parseMarks(data []byte, length int) ([]lector.Mark, error) {
	var all []lector.Mark
	for d := json.NewDecoder(bytes.NewReader(data)); d.More(); {
		var m struct {
			Time       int64
			Type       string
			Start, End int
		}
		if err := d.Decode(&m); err != nil {
			return nil, fmt.Errorf("marks: the answer is broken: %w", err)
		}
		inside := 0 <= m.Start && m.Start <= m.End && m.End <= length
		if m.Type == "word" && m.Time >= 0 && inside {
			all = append(all, lector.Mark{Kind: lector.WordMark, At: time.Duration(m.Time) * time.Millisecond, Start: m.Start, End: m.End})
		}
	}
	return all, nil
}
