"""Ways around the record, by kind: each is tried as the person who would profit from it."""
