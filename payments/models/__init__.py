"""What was asked for and paid, and the books it stands in: a file a noun."""
