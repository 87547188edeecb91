"""What selection does when it hears of an event."""
