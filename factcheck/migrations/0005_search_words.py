"""The words of documents and claims, indexed for search: text search of PostgreSQL, FTS5 of SQLite.

Triggers keep the index, whoever writes. A document is found by its title, byline, publisher, address and the newest
of its texts: an older text is not the current one, and an erased one is gone. On PostgreSQL a long text is indexed in
parts, which overlap by more than a word: one index entry takes a megabyte, and knows the places of 16,383 words.
"""

from django.db import migrations

MARKS = "!\"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~"
"""Signs of ASCII that part words, in SQL: what the parser of PostgreSQL would take for addresses and signed numbers."""
ON_POSTGRES = [
    f"""
CREATE FUNCTION factcheck_words(given text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT to_tsvector('simple'::regconfig, translate(left(given, 30000), '{MARKS}', repeat(' ', {len(MARKS) - 1})))
$$
""",
    """
CREATE TABLE factcheck_documentwords (
    document_id bigint NOT NULL, part integer NOT NULL, words tsvector NOT NULL, PRIMARY KEY (document_id, part)
)
""",
    """
CREATE FUNCTION factcheck_index_document(which bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM factcheck_documentwords WHERE document_id = which;
    INSERT INTO factcheck_documentwords (document_id, part, words)
    SELECT document.id, part,
        CASE WHEN part > 0 THEN factcheck_words(substr(newest.text, 1 + part * 29500, 30000))
        ELSE setweight(factcheck_words(document.title), 'A') || factcheck_words(document.byline)
            || factcheck_words(document.publisher_name) || factcheck_words(document.url)
            || factcheck_words(coalesce(newest.text, ''))
        END
    FROM factcheck_document document
    LEFT JOIN LATERAL (
        SELECT text FROM factcheck_revision WHERE document_id = which ORDER BY number DESC LIMIT 1
    ) newest ON true
    CROSS JOIN LATERAL generate_series(0, coalesce(length(newest.text), 0) / 29500) part
    WHERE document.id = which
    ON CONFLICT (document_id, part) DO UPDATE SET words = EXCLUDED.words;
END $$
""",
    """
CREATE FUNCTION factcheck_document_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM factcheck_documentwords;
    ELSIF TG_OP = 'DELETE' THEN
        DELETE FROM factcheck_documentwords WHERE document_id = OLD.id;
    ELSE
        PERFORM factcheck_index_document(NEW.id);
    END IF;
    RETURN NULL;
END $$
""",
    """
CREATE FUNCTION factcheck_revision_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM factcheck_index_document(NEW.document_id);
    RETURN NULL;
END $$
""",
    "SELECT factcheck_index_document(id) FROM factcheck_document",
    "CREATE INDEX factcheck_documentwords_words ON factcheck_documentwords USING gin (words) WITH (fastupdate = off)",
    "CREATE INDEX factcheck_claim_words ON factcheck_claim USING gin (factcheck_words(text)) WITH (fastupdate = off)",
]
POSTGRES_TRIGGERS = {
    "document_words_new": """
AFTER INSERT OR DELETE ON factcheck_document
FOR EACH ROW EXECUTE FUNCTION factcheck_document_words()
""",
    "document_words_changed": """
AFTER UPDATE ON factcheck_document FOR EACH ROW
WHEN ((OLD.title, OLD.byline, OLD.publisher_name, OLD.url)
    IS DISTINCT FROM (NEW.title, NEW.byline, NEW.publisher_name, NEW.url))
EXECUTE FUNCTION factcheck_document_words()
""",
    "document_words_emptied": """
AFTER TRUNCATE ON factcheck_document
FOR EACH STATEMENT EXECUTE FUNCTION factcheck_document_words()
""",
    "revision_words_new": """
AFTER INSERT ON factcheck_revision
FOR EACH ROW EXECUTE FUNCTION factcheck_revision_words()
""",
    "revision_words_changed": """
AFTER UPDATE ON factcheck_revision
FOR EACH ROW WHEN (OLD.text IS DISTINCT FROM NEW.text) EXECUTE FUNCTION factcheck_revision_words()
""",
}
OFF_POSTGRES = [
    "DROP INDEX factcheck_claim_words",
    "DROP FUNCTION factcheck_revision_words()",
    "DROP FUNCTION factcheck_document_words()",
    "DROP FUNCTION factcheck_index_document(bigint)",
    "DROP TABLE factcheck_documentwords",
    "DROP FUNCTION factcheck_words(text)",
]

TOKENS = "tokenize = 'unicode61 remove_diacritics 0'"
INDEXED = """
    INSERT INTO factcheck_documentwords (rowid, title, byline, publisher_name, url, text)
    SELECT document.id, title, byline, publisher_name, url, coalesce(
        (SELECT text FROM factcheck_revision WHERE document_id = document.id ORDER BY number DESC LIMIT 1), '')
    FROM factcheck_document document
"""
ANEW = "DELETE FROM factcheck_documentwords WHERE rowid = {0};" + INDEXED + " WHERE document.id = {0};"  # noqa: S608 - our names
NO_CLAIM = "INSERT INTO factcheck_claimwords (factcheck_claimwords, rowid, text) VALUES ('delete', OLD.id, OLD.text);"
A_CLAIM = "INSERT INTO factcheck_claimwords (rowid, text) VALUES (NEW.id, NEW.text);"
ON_SQLITE = [
    f"CREATE VIRTUAL TABLE factcheck_documentwords USING fts5 (title, byline, publisher_name, url, text, {TOKENS})",
    f"""CREATE VIRTUAL TABLE factcheck_claimwords
    USING fts5 (text, content = 'factcheck_claim', content_rowid = 'id', {TOKENS})""",
    INDEXED,
    "INSERT INTO factcheck_claimwords (factcheck_claimwords) VALUES ('rebuild')",
]
SQLITE_TRIGGERS = {
    # name: (when, what is done)
    "document_words_new": ("AFTER INSERT ON factcheck_document", ANEW.format("NEW.id")),
    "document_words_changed": (
        "AFTER UPDATE ON factcheck_document WHEN (OLD.title, OLD.byline, OLD.publisher_name, OLD.url)"
        " IS NOT (NEW.title, NEW.byline, NEW.publisher_name, NEW.url)",
        ANEW.format("NEW.id"),
    ),
    "document_words_gone": (
        "AFTER DELETE ON factcheck_document",
        "DELETE FROM factcheck_documentwords WHERE rowid = OLD.id;",
    ),
    "revision_words_new": ("AFTER INSERT ON factcheck_revision", ANEW.format("NEW.document_id")),
    "revision_words_changed": (
        "AFTER UPDATE ON factcheck_revision WHEN OLD.text IS NOT NEW.text",
        ANEW.format("NEW.document_id"),
    ),
    "claim_words_new": ("AFTER INSERT ON factcheck_claim", A_CLAIM),
    "claim_words_changed": (
        "AFTER UPDATE ON factcheck_claim WHEN OLD.text IS NOT NEW.text",
        NO_CLAIM + A_CLAIM,
    ),
    "claim_words_gone": ("AFTER DELETE ON factcheck_claim", NO_CLAIM),
}


def triggers(vendor):
    """The names of the triggers that keep the index."""
    return {f"factcheck_{name}" for name in (POSTGRES_TRIGGERS if vendor == "postgresql" else SQLITE_TRIGGERS)}


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        kept = (f"CREATE TRIGGER factcheck_{name} {then}" for name, then in POSTGRES_TRIGGERS.items())
        statements = [*ON_POSTGRES, *kept]
    else:
        kept = (f"CREATE TRIGGER factcheck_{name} {on} BEGIN {do} END" for name, (on, do) in SQLITE_TRIGGERS.items())
        statements = [*ON_SQLITE, *kept]
    for statement in statements:
        schema_editor.execute(statement, None)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        gone = (f"DROP TRIGGER factcheck_{name} ON factcheck_{name.partition('_')[0]}" for name in POSTGRES_TRIGGERS)
        statements = [*gone, *OFF_POSTGRES]
    else:
        gone = (f"DROP TRIGGER factcheck_{name}" for name in SQLITE_TRIGGERS)
        statements = [*gone, "DROP TABLE factcheck_claimwords", "DROP TABLE factcheck_documentwords"]
    for statement in statements:
        schema_editor.execute(statement, None)


class Migration(migrations.Migration):
    dependencies = [("factcheck", "0004_token_grants")]
    operations = [migrations.RunPython(create, drop)]
