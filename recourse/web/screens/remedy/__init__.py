"""The remedy of a case: what is owed, what is given, how far each line has come."""
