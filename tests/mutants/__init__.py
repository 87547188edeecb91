"""`make mutants`: puts small faults into rules, tables and services, and counts how many of them the tests notice."""
