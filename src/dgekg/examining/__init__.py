"""A document on its own: what shapes and references find in it, by a quick look first and pySHACL where needed."""
