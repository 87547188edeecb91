"""What a firm asks a lender for: consent, clock, questions, decision, repayment."""
