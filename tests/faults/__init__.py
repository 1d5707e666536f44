"""Faults on purpose: lanes that kill, cut and damage a whole site, and then count what it lost or did twice.

Each lane is a command: ``python -m tests.faults.crash``; ``python -m tests.faults`` runs them all. ``FAULTS`` is the
share of the faults of a full run (``make faults``), of which ``.ci/run`` makes a small one; ``SEED`` fixes their order.
``GUARD_OFF`` switches a guard of the site off, to see that the lane notices.
"""
