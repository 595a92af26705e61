"""Who must not see or hear: the table of addresses, the two worlds, the canaries."""
