"""What banks send, read strictly: tables, MT940 and CAMT.053. Pure."""
