"""Pictures and other files of posts: brought before the post is sent, and given to whoever reads it."""
