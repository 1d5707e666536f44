"""Ready-made plugs for other systems. Each is an app of its own, and nothing of the app itself imports one."""
