"""Found by what is said: an index of threads, posts, people and networks, and the page and the API that ask it."""
