"""Acts of moderation, for every slice: the only writers of what is hidden, removed, locked, moved, silenced or erased.

Shared ground, because the queue of reports and the page of a thread do the same things. Rights are asked here; each
act leaves a row in `acts`, one in the audit log, and word to whom it concerns.
"""
