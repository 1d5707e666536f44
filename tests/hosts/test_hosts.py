"""The app on hosts that are not ours: a story is checked there, by API and in the admin, and nothing answers 500."""

import pytest

from tests.hosts import kinds
from tests.hosts.journey import check_a_story, erase_the_checker, log_in_of_the_docs, read_every_list, read_every_page
from tests.hosts.projects import Host
from tests.marks import thorough

KINDS = {
    "whose users have a UUID as their key": kinds.UUID_KEYS,
    "whose users log in by e-mail and have no user name": kinds.MAIL_LOG_IN,
    "with a prefix that has a name in it": kinds.TENANTS,
    "that is as plain as the tool makes it": kinds.PLAIN,
    "with an admin site of its own": kinds.OWN_ADMIN_SITE,
    "with a log-in of its own": kinds.OWN_LOG_IN,
    "with settings of its own for REST framework and Celery": kinds.OWN_SETTINGS,
}
LOG_INS = {"with a log-in of its own": "/single-sign-on/"}
"""Where whoever opens the page of the API is sent; elsewhere to the log-in of the admin."""


@thorough
@pytest.mark.parametrize("name", KINDS)
def test_a_story_is_checked_on_a_host(name, tmp_path):
    host = Host(tmp_path, KINDS[name])
    host.make()
    host.set_up()
    with host:
        check_a_story(host)
        assert read_every_list(host) > 10
        assert read_every_page(host) > 8
        assert log_in_of_the_docs(host) == LOG_INS.get(name, f"{host.kind.admin}/login/")
        erase_the_checker(host)
        host.manage("verify_history")
