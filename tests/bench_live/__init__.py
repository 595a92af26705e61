"""`make bench-live`: how fast posts reach those who have a socket open, beside a server that only writes."""
