"""/api/v1/payments/: what programs read of payments and loans, a file a noun."""
