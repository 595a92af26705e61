"""What both stones stand on: the types of our columns, our ids and our clock."""
