"""`python -m dgekg.context [--write] DIR`."""

import sys

from dgekg.context.made import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
