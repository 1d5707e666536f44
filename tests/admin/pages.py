"""Addresses of pages in the admin, and pages as the tests read them."""

from django.urls import reverse


def page(record, action=""):
    """The page of a record, or the page of one of its actions."""
    name = f"admin:factcheck_{record._meta.model_name}_{'action' if action else 'change'}"
    return reverse(name, args=[record.pk, action] if action else [record.pk])


def html_of(response):
    """The HTML of a response with every run of white space as one space, as a browser shows it."""
    return " ".join(response.content.decode().split())
