"""Checks on arms transfers and technology imports."""
