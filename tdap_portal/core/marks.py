"""Marks English text for the translators without needing Django.

Pure files say what happened in English; a page translates it with `gettext(text) % data`. makemessages finds the
text because it knows the name `gettext_noop`.
"""


def gettext_noop(text: str) -> str:
    """The text as it is. Only its name matters: the translators' tool collects what is handed to it."""
    return text
