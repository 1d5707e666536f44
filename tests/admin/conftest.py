"""The people of a desk, each of whom may log in to the admin."""

import pytest


@pytest.fixture
def people(staff, client):
    for role in ("editor", "checker", "reviewer", "desk_chief", "auditor", "chief_editor", "outsider"):
        person = getattr(staff, role)
        person.is_staff = True
        person.save()
    client.force_login(staff.editor)
    return staff
