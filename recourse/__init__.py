"""Recourse: the desk for the cases that the front line cannot close."""

__version__ = "0.1.0"
