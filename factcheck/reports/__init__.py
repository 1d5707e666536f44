"""Floor 5: the verification report and the desk digest, built, rendered, delivered."""
