"""The web face: pages for people, JSON and CSV for programs, SPARQL and linked data for other observatories."""
