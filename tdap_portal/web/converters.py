"""Parts of addresses."""

from django.urls.converters import StringConverter


class PublicIdConverter(StringConverter):
    """A public id: twelve characters, so that no word of an address is taken for one."""

    regex = "[0-9a-z]{12}"
