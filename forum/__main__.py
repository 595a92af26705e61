"""`python -m forum …`."""

import sys

from ground.leaving_out import leave_out_what_is_unused
from ground.memory import share_one_arena

share_one_arena()
leave_out_what_is_unused()
try:
    from forum.command_line import main
except KeyboardInterrupt:  # Ctrl-C while the modules load: nothing has begun that would have to end
    sys.exit(0)

sys.exit(main())
