"""Doorbells of selection."""
