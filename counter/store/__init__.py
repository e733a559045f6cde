"""Rows in and out: functions that take a session first, flush and never commit."""
