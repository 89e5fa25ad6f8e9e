"""The case page: the person, one timeline with the composer, what is open; and every verb of a case."""
