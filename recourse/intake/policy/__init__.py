"""How what comes in is read and checked: the same for form, API, phone log and file. Knows no database."""
