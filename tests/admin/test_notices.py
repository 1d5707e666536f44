"""One's own notices in the admin: unread first, put aside one by one or all, and how one wants to be told."""

from django.urls import reverse
from django.utils import timezone

from factcheck.admin.kit.access import count_unread
from factcheck.models import NoticeChoice, NoticeKind
from tests.factories import NotificationFactory


def notify(people, person="editor", **values):
    return NotificationFactory(recipient=getattr(people, person), desk=people.desk, **values)


def inbox(client):
    return list(client.get(reverse("admin:factcheck_notification_changelist")).context["cl"].result_list)


def read(notice):
    return reverse("admin:factcheck_notification_action", args=[notice.pk, "read"])


def test_the_inbox_is_ones_own_and_unread_notices_come_first(client, people):
    old = notify(people)
    new = notify(people, read_at=timezone.now())
    notify(people, "checker")
    assert inbox(client) == [old, new]
    assert count_unread(people.editor) == 1


def test_an_empty_inbox_says_so(client, people):
    page_html = client.get(reverse("admin:factcheck_notification_changelist")).content.decode()
    assert "Nothing for you." in page_html


def test_a_notice_is_put_aside_once_read(client, people):
    notice = notify(people)
    assert client.post(read(notice)).status_code == 302
    notice.refresh_from_db()
    assert notice.read_at
    assert count_unread(people.editor) == 0


def test_somebody_elses_notice_is_not_there(client, people):
    notice = notify(people, "checker")
    assert client.get(reverse("admin:factcheck_notification_change", args=[notice.pk])).status_code == 404
    assert client.post(read(notice)).status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


def test_all_are_put_aside_at_once_and_only_ones_own(client, people):
    notify(people), notify(people), notify(people, "checker")
    address = reverse("admin:factcheck_notices_read")
    assert client.get(address).status_code == 405
    assert "2 put aside as read." in client.post(address, follow=True).content.decode()
    assert (count_unread(people.editor), count_unread(people.checker)) == (0, 1)


def test_a_person_chooses_how_to_be_told(client, people):
    address = reverse("admin:factcheck_notices_choices")
    page_html = client.get(address).content.decode()
    assert page_html.count("checked") == 2 * len(NoticeKind.values), "both ways for everything, until one chooses"
    ticked = {f"{kind}-{way}": "on" for kind in NoticeKind.values for way in ("inbox", "mail")}
    del ticked["stale-mail"]
    assert client.post(address, ticked).status_code == 302
    row = NoticeChoice.objects.get(user=people.editor)
    assert (row.kind, row.inbox, row.mail) == ("stale", True, False)


def test_who_has_no_desk_has_no_inbox(client, people):
    client.force_login(people.superuser)
    for name in ("notification_changelist", "notices_choices"):
        assert client.get(reverse(f"admin:factcheck_{name}")).status_code == 403
    assert client.post(reverse("admin:factcheck_notices_read")).status_code == 403
