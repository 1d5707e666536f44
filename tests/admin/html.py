"""Pages as the tests read them."""


def html_of(response):
    """The HTML of a response with every run of white space as one space, as a browser shows it."""
    return " ".join(response.content.decode().split())
