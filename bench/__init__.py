"""Benchmarks of Recourse: one module a row of work, each prints a table and writes its figures."""
