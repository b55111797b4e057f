// The profile of Firefox in the tests: it asks nobody for anything, starts at
// once and plays sound where there is no device for it.
