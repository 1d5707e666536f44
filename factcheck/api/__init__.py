"""Floor 6, a face: the REST API under ``/api/v1/``. Imports floors 0 to 5, never another face.

One module per noun, with its viewset, serializers and filter. An action is one call of a function of
``workflow``; no rule of the newsroom lives here.
"""
