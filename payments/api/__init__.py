"""/api/v1/payments/."""
