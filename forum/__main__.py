"""`python -m forum …`."""

import sys

try:
    from forum.command_line import main
except KeyboardInterrupt:  # Ctrl-C while the modules load: nothing has begun that would have to end
    sys.exit(0)

sys.exit(main())
