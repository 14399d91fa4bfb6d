"""Checks on limits, the Arctic, the grey zone, perceptions and outlook."""
