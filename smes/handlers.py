"""What the worker does after an act on a firm."""
