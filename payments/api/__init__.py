"""Programs: payments, loans, exports and what came of them, a file a noun. Nothing is done twice for one key."""
