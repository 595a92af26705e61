"""What a network has found to work: cards, made of posts, threads and documents, and who uses them too."""
