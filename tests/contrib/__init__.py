"""Tests of the plugs for other systems that need none of their apps installed."""
