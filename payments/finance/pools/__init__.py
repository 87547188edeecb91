"""Small loans that firms need, counted without names, and answers for a whole pool."""
