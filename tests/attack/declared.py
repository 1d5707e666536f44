"""Who may ask for each address of the site, declared by hand: ``test_doors`` walks the addresses and holds them to it.

A rule is the row of ``permissions.PERMISSIONS`` that decides, as "claim sign_off", or one of ``WORDS``. A new route,
action or page fails until it has a line here.
"""

from __future__ import annotations

ANYBODY = "anybody"
LOGGED_IN = "whoever is logged in"
OWN = "whoever is logged in, and for themselves alone"
MEMBERS = "whoever belongs to a desk, of what they may see"
SUPERUSERS = "whoever Django's own permissions let, for they hold no record of the app"
NO_ONE = "nobody at all"
WORDS = (ANYBODY, LOGGED_IN, OWN, MEMBERS, SUPERUSERS, NO_ONE)

READ = (
    "desks memberships topics documents claims figures anchors attributions measures discrepancies disputes judgements "
    "verification-tasks verdicts sign-offs waivers publications corrections sources evidence feeds jobs crosschecks "
    "reports report-subscriptions webhooks deliveries"
)
"""Nouns of the API with a list and a page of one."""
ACTIONS = {
    "memberships": "remove",
    "documents": "confirm correct dismiss_idle erase fetch publish reread revise set_topic strike_author "
    "update_metadata waive withdraw",
    "claims": "accept assign challenge countersign dismiss place recall reopen return sign_off split start submit "
    "take_back waive",
    "figures": "confirm_as_of correct_reading dismiss judge link pin reopen state_as_of",
    "measures": "merge set_general split",
    "discrepancies": "judge resolve",
    "judgements": "confirm withdraw",
    "verification-tasks": "assign block cancel hand_in reassign reopen reschedule take_up unblock",
    "sources": "grade grant_access open_name",
    "evidence": "assess attach capture drift link supersede withdraw",
    "feeds": "poll",
    "jobs": "cancel retry",
    "webhooks": "ping",
    "report-subscriptions": "send_now",
    "notifications": "read",
}
"""Actions of the API on one record: the row of the same name decides."""
API = {
    ANYBODY: "POST auth/login/",
    LOGGED_IN: "GET / GET schema/ GET docs/",
    OWN: "POST auth/logout/ GET auth/tokens/ POST auth/tokens/revoke_all/ POST auth/tokens/<token_key>/revoke/ "
    "GET notifications/ GET notifications/<pk>/ POST notifications/read/ GET notice-choices/ "
    "GET notice-choices/<kind>/ PUT notice-choices/<kind>/ PATCH notice-choices/<kind>/",
    MEMBERS: "GET desks/<pk>/policy/ GET documents/<pk>/original/ GET documents/<pk>/revisions/ "
    "GET documents/<pk>/revisions/<number>/ GET documents/<pk>/topic_suggestion/ GET evidence/<pk>/snapshot/ "
    "GET feeds/<pk>/items/ GET reports/<pk>/<form>/ GET events/ GET publications/rss/ GET publications/atom/",
    "document read_clearance": "GET documents/<pk>/clearance/",
    "desk record": "POST desks/",
    "desk arrange": "PUT desks/<pk>/policy/ POST memberships/",
    "desk build_report": "POST desks/<pk>/report/ POST documents/<pk>/report/",
    "desk record_topic": "POST topics/",
    "topic change": "PATCH topics/<pk>/",
    "desk ingest": "POST documents/",
    "document add_claim": "POST claims/",
    "claim accept": "POST claims/batch/accept/",
    "claim assign": "POST claims/batch/assign/",
    "claim dismiss": "POST claims/batch/dismiss/",
    "figure dismiss": "POST figures/dismiss/ POST figures/batch/dismiss/",
    "figure link": "POST figures/batch/link/",
    "desk record_source": "POST sources/",
    "source change": "PATCH sources/<pk>/",
    "claim record_evidence": "POST evidence/",
    "desk keep_feed": "POST feeds/ PATCH feeds/<pk>/",
    "desk crosscheck": "POST crosschecks/",
    "desk subscribe": "POST report-subscriptions/ PATCH report-subscriptions/<pk>/",
    "desk keep_webhook": "POST webhooks/ PATCH webhooks/<pk>/",
}
PAGES = {
    ANYBODY: "/ read/<pk>/ login/ logout/ healthz/ readyz/ favicon.ico admin/login/ admin/logout/ admin/<url>",
    LOGGED_IN: "stories/new/",
    MEMBERS: "stories/<pk>/ stories/<pk>/publish/ admin/stories/story/ admin/stories/story/<object_id>/change/ "
    "admin/stories/story/<object_id>/history/ admin/stories/story/<object_id>/ admin/factcheck/claim/review/ "
    "admin/factcheck/claim/<object_id>/review/ admin/factcheck/verificationtask/check/ "
    "admin/factcheck/verificationtask/<object_id>/check/ admin/factcheck/document/desk/ "
    "admin/factcheck/document/<object_id>/parts/ admin/factcheck/document/<object_id>/original/ "
    "admin/factcheck/evidence/<object_id>/snapshot/ admin/factcheck/figure/<object_id>/card/ "
    "admin/factcheck/job/<object_id>/waiting/ admin/factcheck/report/<object_id>/read/ "
    "admin/factcheck/report/<object_id>/as/<name>/ admin/factcheck/notification/read-all/ "
    "admin/factcheck/notification/choices/ admin/factcheck/notification/preferences/",
    SUPERUSERS: "admin/ admin/<app_label>/ admin/password_change/ admin/password_change/done/ admin/autocomplete/ "
    "admin/jsi18n/ admin/r/<content_type_id>/<object_id>/ admin/auth/user/<id>/password/",
    NO_ONE: "admin/stories/story/add/ admin/stories/story/<object_id>/delete/",
}
OF_OTHERS = (
    "auth/group auth/user knox/authtoken django_celery_beat/periodictask django_celery_beat/clockedschedule "
    "django_celery_beat/crontabschedule django_celery_beat/solarschedule django_celery_beat/intervalschedule"
)
"""Pages of the admin that other apps bring, with a list, a form for a new one, and pages of one."""
NEW = {
    "claim": NO_ONE,
    "crosscheck": "desk crosscheck",
    "desk": "desk record",
    "discrepancy": NO_ONE,
    "document": "desk ingest",
    "event": NO_ONE,
    "evidence": NO_ONE,
    "feed": "desk keep_feed",
    "figure": NO_ONE,
    "job": NO_ONE,
    "judgement": NO_ONE,
    "measure": NO_ONE,
    "membership": NO_ONE,
    "notification": NO_ONE,
    "policy": NO_ONE,
    "publication": NO_ONE,
    "report": "desk build_report",
    "reportsubscription": "desk subscribe",
    "revision": NO_ONE,
    "source": "desk record_source",
    "topic": "desk record_topic",
    "verdict": NO_ONE,
    "verificationtask": NO_ONE,
    "webhook": "desk keep_webhook",
}
"""Each record of the admin, with who may make a new one; it has a list, a page and a history, and is never deleted."""
BUTTONS = {
    "claim": "accept assign challenge countersign dismiss place recall record_evidence reopen return sign_off split "
    "start submit take_back waive",
    "desk": "add_member:desk_arrange set_policy:desk_arrange",
    "discrepancy": "resolve same:discrepancy_judge not_same:discrepancy_judge",
    "document": "add_claim confirm correct dismiss_idle dismiss_quiet erase fetch publish reread revise set_topic "
    "strike_author update_metadata waive withdraw",
    "evidence": "assess attach capture drift link supersede withdraw",
    "feed": "poll change:desk_keep_feed",
    "figure": "confirm_as_of correct_reading dismiss judge link pin reopen state_as_of",
    "job": "cancel retry",
    "judgement": "confirm withdraw",
    "measure": "merge split general:measure_set_general in_topic:measure_set_general crosscheck:desk_crosscheck",
    "membership": "remove",
    "notification": "read",
    "reportsubscription": "send_now change:desk_subscribe",
    "source": "change grade grant_access open_name",
    "topic": "change crosscheck:desk_crosscheck",
    "verificationtask": "assign block cancel hand_in reassign reopen reschedule take_up unblock",
    "webhook": "ping change:desk_keep_webhook",
}
"""Buttons of each record in the admin: the row of the same name decides, or the one behind the colon."""


def declared(kinds: dict[str, str]) -> dict[str, str]:
    """Address → rule, of all tables. ``kinds`` says what the records of a noun or a page are called in permissions."""
    rules: dict[str, str] = {}
    for noun in READ.split():
        rules |= {f"GET {noun}/": MEMBERS, f"GET {noun}/<pk>/": MEMBERS}
    for noun, names in ACTIONS.items():
        rules |= {f"POST {noun}/<pk>/{name}/": f"{kinds[noun]} {name}" for name in names.split()}
    for rule, addresses in API.items():
        words = addresses.split()
        pairs = zip(words[::2], words[1::2], strict=True)
        rules |= {f"{method} {path}": rule for method, path in pairs}
    for rule, addresses in PAGES.items():
        rules |= {f"PAGE {path}": rule for path in addresses.split()}
    for page in OF_OTHERS.split():
        rules |= {f"PAGE admin/{page}/{rest}": SUPERUSERS for rest in ("", "add/", *OF_ONE)}
    for page, rule in NEW.items():
        at = f"PAGE admin/factcheck/{page}/"
        rules |= {f"{at}{rest}": MEMBERS for rest in ("", *OF_ONE)}
        rules |= {f"{at}add/": rule, f"{at}<object_id>/delete/": NO_ONE}
        for button in BUTTONS.get(page, "").split():
            name, _, other = button.partition(":")
            row = other.replace("_", " ", 1) if other else f"{kinds[page]} {name}"
            rules[f"{at}<object_id>/action/{name}/"] = row
    return rules


OF_ONE = ("<object_id>/", "<object_id>/change/", "<object_id>/history/", "<object_id>/delete/")
