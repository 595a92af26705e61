"""`make bench`: how fast Confer is in each of its two shapes, beside what the machine itself can do."""
