"""Reports of a document or a desk: built from queries, rendered to a format, delivered by mail."""
