"""Checks on exercises, and trends over several series of events."""
