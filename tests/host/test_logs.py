"""The log: a line for people or one JSON object per line, and never a text, a password or a token."""

import json
import logging
import logging.config

import pytest

from newsroom.logs import logging_config


@pytest.fixture
def log_line(capsys):
    """What a logger writes in one of the two forms."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def write(form, message, *args, **kwargs):
        config = logging_config(form, "INFO")
        config["handlers"]["stderr"]["stream"] = "ext://sys.stderr"
        logging.config.dictConfig(config)
        logging.getLogger("newsroom.stories").error(message, *args, **kwargs)
        return capsys.readouterr().err

    yield write
    root.handlers[:], root.level = handlers, level


def test_a_line_of_json_holds_who_when_and_what(log_line):
    row = json.loads(log_line("json", "a story may go out: %s", 7, extra={"document": 7}))
    assert row["event"] == "a story may go out: 7"
    assert row["document"] == 7
    assert row["level"] == "error"
    assert row["logger"] == "newsroom.stories"
    assert row["timestamp"].endswith("Z")


def test_a_plain_line_is_for_reading(log_line):
    line = log_line("plain", "a story may go out", extra={"document": 7})
    assert "a story may go out" in line
    assert "document=7" in line
    assert "\x1b" not in line


@pytest.mark.parametrize("form", ["json", "plain"])
@pytest.mark.parametrize(
    "secret",
    [
        "password=hunter2hunter2",
        "{'password': 'hunter2hunter2'}",
        "Authorization: Token hunter2hunter2",
        "token: hunter2hunter2",
        "redis://user:hunter2hunter2@redis:6379/0",
        "postgres://factcheck:hunter2hunter2@host/name",
    ],
)
def test_passwords_and_tokens_are_blanked(log_line, form, secret):
    assert "hunter2" not in log_line(form, "refused with %s here", secret)


@pytest.mark.parametrize("form", ["json", "plain"])
def test_the_row_that_a_database_repeats_in_its_error_is_left_out(log_line, form):
    text = "The mayor said forty houses were flooded."
    try:
        secret_local = text  # a renderer that prints locals would show it
        raise ValueError(f"duplicate key\nDETAIL:  Failing row contains (1, {secret_local[:0]}The mayor said so).")
    except ValueError:
        line = log_line(form, "it failed", exc_info=True)
    assert "duplicate key" in line
    assert "The mayor said so)" not in line.replace("raise ValueError", "").split("duplicate key")[-1]
    assert text not in line


def test_what_is_attached_to_a_record_is_written_only_where_it_is_known_to_be_harmless(log_line):
    assert "forty" not in log_line("json", "hm", extra={"text": "forty houses", "request": "GET /?search=forty"})


def test_a_line_break_in_a_message_makes_no_second_line_of_json(log_line):
    assert len(log_line("json", "first\nsecond").strip().splitlines()) == 1
