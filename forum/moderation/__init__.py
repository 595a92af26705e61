"""Reports, the queue of a network, acts of moderation, appeals and erasing."""
