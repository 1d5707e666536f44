"""The living example: a site with stories of its own that print nothing which was not cleared."""
