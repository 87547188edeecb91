"""What firms are asked to pay, how they pay it, and what becomes of the money."""
