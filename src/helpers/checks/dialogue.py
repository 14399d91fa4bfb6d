"""Checks on meetings, consultations and agreements."""
