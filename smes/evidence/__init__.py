"""Evidence: an officer compares what a firm says with its papers, fact by fact."""
