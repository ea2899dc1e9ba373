"""Reads of the market, for the API and the pages."""
