"""For tools that their users have already: OpenRefine, feed readers, mappings."""
