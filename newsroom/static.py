"""Static files with the hash of their content in their names, once ``collectstatic`` has been run."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Hashed(CompressedManifestStaticFilesStorage):
    """A file that was not collected keeps its plain name: whitenoise serves it from its app, and no page fails."""

    def stored_name(self, name: str) -> str:
        return str(self.hashed_files.get(self.hash_key(self.clean_name(name)), name))
