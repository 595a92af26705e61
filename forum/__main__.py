"""`python -m forum …`."""

import sys

from forum.command_line import main

sys.exit(main())
