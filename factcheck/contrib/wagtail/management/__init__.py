"""Commands of the plug for Wagtail."""
