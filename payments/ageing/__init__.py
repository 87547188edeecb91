"""The officials’ board of export proceeds: what is open by its last day, what waits for a look, the dated rules."""
