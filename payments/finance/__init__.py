"""Loans: schemes, what firms ask lenders for, what a lender reads with consent, and demand without names."""
