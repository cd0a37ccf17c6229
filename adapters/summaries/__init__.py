"""Who sums up papers: one file for each kind of server. Which one serves is decided by its own settings."""
