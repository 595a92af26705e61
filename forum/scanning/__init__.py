"""New files are held back until a virus scanner has found them clean, where there is one (`CLAMD_URL`)."""
