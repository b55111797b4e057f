package ghost

// ReplaceBlock is for the tests of what stands outside of the marks.
var ReplaceBlock = replaceBlock

// Collisions is how often a post is read that others save meanwhile.
const Collisions = collisions
