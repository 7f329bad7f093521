"""`python -m dgekg.reference [--check] DIR`."""

import sys

from dgekg.reference import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
