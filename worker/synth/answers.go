package synth

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"unicode/utf8"

	"lector"
	"lector/audio/id3"
)

// Answers keeps what voices answered until the clip that is made of it is stored:
// a process that dies while it checks an answer has not lost it. Ready returns why
// no answer could be kept at this moment. When Put returns nil, the answer outlives its
// process, and is durable a moment later; it calls spooled, once at most, when the answer is durable and the store has not
// taken it: only this machine has it then. Get returns lector.ErrNotFound for what is not
// there.
type Answers interface {
	Ready(ctx context.Context) error
	Get(ctx context.Context, hash string) ([]byte, error)
	Put(ctx context.Context, hash string, answer []byte, spooled func()) error
	Delete(ctx context.Context, hash string) error
}

// KeepAnswers returns v with each of its answers kept before anything else is done
// with it. No call is made while its answer could not be kept. An answer that is
// there already, since the process died that had asked for it, is returned
// instead of a call.
func KeepAnswers(v Speaker) Speaker { return keeping{v} }

type keeping struct{ Speaker }

// Speak returns the answer that is kept for the call, or calls the voice and keeps what it answers.
func (k keeping) Speak(ctx context.Context, r Request) (Result, error) {
	if r.answers == nil {
		return k.Speaker.Speak(ctx, r)
	}
	res, err := r.keptAnswer(ctx)
	if err == nil || !errors.Is(err, lector.ErrNotFound) {
		return res, err // while nobody knows whether the answer is there, no second one is paid for
	}
	if err := r.answers.Ready(ctx); err != nil {
		return Result{}, lector.WithClass(err, lector.ClassStorage)
	}
	if res, err = k.Speaker.Speak(ctx, r); err != nil {
		return res, err
	}
	if answer, err := embedAnswer(res, r.payerOf(res)); err == nil {
		// If it cannot be kept it is still in memory, and its clip may yet be stored.
		ctx := context.WithoutCancel(ctx)
		_ = r.answers.Put(ctx, r.answerHash(), answer, func() { r.account.spooled(ctx, r.chunk, r.answerHash()) })
	}
	return res, nil
}

// embedAnswer puts what is known of an answer before its frames, with their sum.
func embedAnswer(res Result, payer string) ([]byte, error) {
	sum := sha256.Sum256(res.MP3)
	return embed(res.MP3, res.Marks, nil, payer, id3.Private{Owner: sumOwner, Data: sum[:]})
}

// answerHash is the address of the answer to a request: that of its text as a part
// of its chunk.
func (r Request) answerHash() string { return partHash(r.chunk, r.Text) }

// keptAnswer returns an answer that nobody has made a clip of, or
// lector.ErrNotFound. One that cannot be read is as good as none.
func (r Request) keptAnswer(ctx context.Context) (res Result, err error) {
	data, err := r.answers.Get(ctx, r.answerHash())
	if err != nil {
		return res, fmt.Errorf("kept answer: %w", err)
	}
	if res.MP3, res.Marks, _, err = split(data); err != nil || len(res.MP3) == 0 {
		return Result{}, fmt.Errorf("kept answer: %w", lector.ErrNotFound)
	}
	res.payer = Payer(data)
	res.Calls = []lector.Call{{Chunk: r.chunk, Characters: utf8.RuneCountInString(r.Text), Outcome: lector.CallReused}}
	return res, nil
}

// dropAnswer forgets the answer to a request: its clip is stored, or it was refused.
// One that stays by a failure is never looked at again.
func (r Request) dropAnswer(ctx context.Context) {
	if r.answers != nil {
		_ = r.answers.Delete(context.WithoutCancel(ctx), r.answerHash())
	}
}
