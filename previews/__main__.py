"""`python -m previews LIMITS PURPOSE SUFFIX`: the process that reads one file, from its standard input."""

import sys

from previews.child import main

if __name__ == "__main__":
    main(*sys.argv[1:])
