// Package audio joins MP3s without re-encoding them, and says what is in them.
//
// A Plan reads the parts and knows every size and time before a byte is
// written, so that tags and manifests can be exact:
//
//	plan, err := audio.NewPlan(ctx, parts, audio.Options{Trim: true, Pauses: true})
//	tag := id3.Tag{Title: "…", Chapters: chapters(plan.Timeline())}
//	n, err := plan.Write(ctx, file, tag.Bytes())
//
// Check judges a clip before it is used, Analyze measures it, and Inspect
// reports on any MP3. DESIGN.md explains the joins.
package audio
