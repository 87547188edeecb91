"""Programs: a firm's payments, and the lists of officials. Nothing is done twice for one key."""
