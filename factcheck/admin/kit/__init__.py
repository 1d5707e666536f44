"""What all admin pages share. The kit imports no page; pages import the kit.

- ``records``: ``RecordAdmin``, the base of every page: the page of a record, its actions, the form for a new one
- ``changelist``: ``RecordListAdmin``, the list of a model and the actions on several records at once
- ``actions``: ``RecordAction``, ``ActionForm`` and ``Button``, from which an action is declared
- ``access``: what the person of a request may see and do
- ``navigation``: the bar of the app's own pages, with what waits on each
- ``fields``: form fields and widgets
- ``filters``: filters of lists
- ``formatting``: badges, timestamps and names from the code as people read them
- ``links``: addresses of records and links to them
- ``highlighting``: a text with its claims and figures marked
- ``claim_context``: a claim between its neighbouring sentences
- ``figure_context``: a figure in its sentence, with its date
- ``quotes``: quotes from a form, found in their text
- ``downloads``: stored bytes as a response that cannot act
"""
