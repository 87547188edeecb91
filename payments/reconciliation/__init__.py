"""Files of the bank: read, taken once, each line matched with what was asked for, days compared with the books."""
