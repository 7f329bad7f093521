"""The SPARQL endpoint: the protocol, a fair line, and workers that can be stopped."""
