"""The sandbox's own page in the demo: the payer "pays" there, and the notices of each scenario go through the public door."""
