"""Screens of our own beside the admin lists: thin, JSON only for the register."""
