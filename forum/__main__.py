"""`python -m forum …`."""

import sys

from ground.leaving_out import leave_out_what_is_unused

leave_out_what_is_unused()
try:
    from forum.command_line import main
except KeyboardInterrupt:  # Ctrl-C while the modules load: nothing has begun that would have to end
    sys.exit(0)

sys.exit(main())
