"""Checks on sanctions and Western outreach."""
