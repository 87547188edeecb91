"""What a firm can be paid by: its proofs, the officer who looks at them, and what services ask for."""
