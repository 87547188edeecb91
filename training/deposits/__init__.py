"""Deposits of firms with a seat: asked for with the place in a cohort, and what their payment means for seat and place."""
