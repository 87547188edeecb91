"""Parts of addresses. What does not look like one is not found before any view or database is asked."""

from django.urls.converters import StringConverter


class PublicIdConverter(StringConverter):
    """A public id: twelve characters, so that no word of an address is taken for one."""

    regex = "[0-9a-z]{12}"


class RoundCodeConverter(StringConverter):
    """The code of a round: R4."""

    regex = "R[0-9]{1,4}"


class TokenConverter(StringConverter):
    """What stands in a link of an invitation: letters that are safe in an address."""

    regex = "[0-9A-Za-z_-]{43}"


class LetterConverter(StringConverter):
    """The letter of a composition: A, or AB where there are many."""

    regex = "[A-Z]{1,3}"
