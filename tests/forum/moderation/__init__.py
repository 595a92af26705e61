"""Reports, cases, acts and appeals."""
