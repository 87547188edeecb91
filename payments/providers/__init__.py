"""Ways to pay: what each provider is asked, how its notices are believed, and a sandbox that behaves like them."""
