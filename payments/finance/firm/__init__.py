"""The pages of a firm about its loans."""
