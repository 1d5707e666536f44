"""Hosts of other newsrooms: projects made by their own tools, with the app plugged in as the docs say."""

import pytest

pytest.register_assert_rewrite("tests.hosts.journey", "tests.hosts.projects")
