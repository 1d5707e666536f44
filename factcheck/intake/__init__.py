"""Bytes from outside become text and evidence. Does not import Django.

The modules, each imported by its full name so that unused formats cost no import time:

- `address_identity` when two addresses are one article
- `fetching`   one guarded HTTP client (`addresses` decides where it may go)
- `readers`    bytes → `Extract`, whatever the format; `stored_text` for pasted strings
- `isolation`  the same reading in a child process with memory and time limits
- `entries`    what feeds and drop folders offer; `folders` looks into the latter
- `snapshots`  what was received, as a WARC file with its SHA-256
- `item_versions` which of two versions of a wire item is older
- `extracts`   the values they exchange: `Extract`, `Unreadable`, `MAX_BYTES`

Not here: deciding what becomes of a text (`workflow`), finding figures in it (`text`).
"""
