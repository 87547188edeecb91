"""The firm's pages: what it is asked to pay, how it pays, its slips, receipts and statement."""
