"""Assessment as work: what is to be rated, how far raters agree, and what a status owes to one choice of the rule.

`cases` reads what the status rule needs of each practice and group; `agreement` compares raters; `variants` and
`sensitivity` recompute statuses under another rule; `tasks` and `desk` give a coder one question at a time.
"""
