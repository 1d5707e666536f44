"""The settings of the host for the fault lanes: its own, and an app that can switch a guard off."""

from newsroom.settings import *  # noqa: F403

INSTALLED_APPS += ["tests.faults.unguarded.UnguardedConfig"]
