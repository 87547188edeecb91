"""Finance schemes as dated rows, and the test that says why a firm fits or not."""
