package polly

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/polly/types"

	"lector"
)

// spoken lists the languages of all voices of Polly. Which voice speaks which
// only the service knows, so languages: of the voice says it better; but a
// language that is not here, as Ukrainian, needs no call to be refused.
func spoken() []string {
	var all []string
	for _, code := range types.LanguageCode("").Values() {
		all = append(all, lector.Primary(string(code)))
	}
	slices.Sort(all)
	return slices.Compact(all)
}
