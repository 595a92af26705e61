"""Files: bytes by their SHA-256, in a folder or in object storage, and how they go out again."""
