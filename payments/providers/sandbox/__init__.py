"""A provider that behaves like the real ones, well and badly, by a script that can be called up."""
