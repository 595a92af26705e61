"""What people are told, on their lists and by mail."""
