"""A real week of papers, served on loopback for the demonstration."""
