"""One interface to the graph, two engines: Oxigraph embedded, and any SPARQL 1.1 service."""
