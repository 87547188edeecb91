"""Benchmarks, one file a subject: tests/bench/<name>.py with `main(rows)`. Started by `make bench BENCH=name ROWS=n`."""
