"""Found by what is said: an index of threads, posts, documents, people and networks; its page and its API."""
