"""Whole answers: kept as long as the schema allows, and executed once for all who ask at once."""
