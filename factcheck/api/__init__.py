"""The REST API under ``/api/v1/``. It imports neither the admin, nor commands, nor tasks.

One module per resource, with its viewset, serializers and filters. An action calls one function of ``workflow``,
where the rules of the newsroom are.
"""
