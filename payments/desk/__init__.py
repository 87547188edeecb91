"""The finance officer's pages: what waits, all payments, one of them with its whole trail, acts of two people."""
