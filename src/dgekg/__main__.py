"""`python -m dgekg`: the command line."""

from dgekg.cli import main

main()
