"""Threads and posts, through HTTP on both shapes, and the commands where races matter."""
