"""What firms sell abroad, what comes for it and when it is due: rules by their day, matching, the bank’s word, the firm’s pages."""
