from typing import Any

from django.db import migrations

SQLITE = (
    "CREATE VIRTUAL TABLE search_words USING fts5(words, content='search_document', content_rowid='id', tokenize='ascii')",
    "CREATE TRIGGER search_words_added AFTER INSERT ON search_document BEGIN "
    "INSERT INTO search_words(rowid, words) VALUES (new.id, new.words); END",
    "CREATE TRIGGER search_words_removed AFTER DELETE ON search_document BEGIN "
    "INSERT INTO search_words(search_words, rowid, words) VALUES ('delete', old.id, old.words); END",
    "CREATE TRIGGER search_words_changed AFTER UPDATE OF words ON search_document BEGIN "
    "INSERT INTO search_words(search_words, rowid, words) VALUES ('delete', old.id, old.words); "
    "INSERT INTO search_words(rowid, words) VALUES (new.id, new.words); END",
)
POSTGRES = ("CREATE INDEX document_words ON search_document USING gin (words) WITH (gin_pending_list_limit = 1024)",)
SQLITE_BACK = ("DROP TRIGGER search_words_added", "DROP TRIGGER search_words_removed", "DROP TRIGGER search_words_changed",
               "DROP TABLE search_words")
POSTGRES_BACK = ("DROP INDEX document_words",)


def forwards(apps: Any, editor: Any) -> None:
    for statement in POSTGRES if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement, params=None)


def backwards(apps: Any, editor: Any) -> None:
    for statement in POSTGRES_BACK if editor.connection.vendor == "postgresql" else SQLITE_BACK:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [migrations.RunPython(forwards, backwards)]
