"""JSON and CSV for programs: one table of addresses, from which routes, answers and OpenAPI come."""
