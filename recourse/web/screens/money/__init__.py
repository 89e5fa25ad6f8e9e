"""Money: how it stands, what finance pays and checks, differences with providers, the books."""
