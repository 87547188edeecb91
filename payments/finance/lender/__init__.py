"""The pages of a lender, and those of finance officers about all cases."""
