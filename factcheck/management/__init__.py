"""The management commands, and the modules they use: health checks, starter data, the demo."""
