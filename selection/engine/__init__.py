"""The scoring engine: plain values in, plain values out.

Nothing in this package imports Django or touches a database, a clock or a network. `facts` and `measures` say what is known
about a firm, `policy` what counts, `points` does the arithmetic, `explain` puts it into words and `score` joins them.
"""

ENGINE_VERSION = "1.0"
"""Part of every seal. Raise it with any change that could move a single hundredth of a point."""
