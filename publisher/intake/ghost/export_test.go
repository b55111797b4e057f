package ghost

// Post is a post as the Admin API of the tests sends it.
type Post = post
