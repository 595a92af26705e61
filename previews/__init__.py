"""Turns files into what can be shown: pictures of pages, clean tables and paragraphs, text. Knows nothing of the forum.

Files are read in another process (`child`), which may use so much memory and time, opens nothing, connects to nothing
and starts nothing (`confinement`). What it says is checked as a stranger's is (`prepare`), so a file that takes it over
has gained a process that can draw pictures. Whoever prepares files imports `prepare`, `parts` and `limits`: the
libraries that read files are loaded in that other process alone.
"""
