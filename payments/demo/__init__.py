"""The demo's money: what firms paid, what the bank said, who asked for finance, what was sent abroad and what came back."""
