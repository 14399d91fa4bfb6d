"""Checks on dual-use flows, heavy weapons and documented transfers."""
