"""What the rooms on the firm's pages share."""

import re

from django.urls import reverse

IDENTITY = {
    "name": "Noor Sports Works",
    "legal_form": "private_limited",
    "founded_on": "2015-04-01",
    "ntn": "4174941-3",
    "secp_number": "0012345",
    "phone": "0300 1234567",
}


def step_url(sme, code):
    return reverse("smes:step", args=[sme.public_id, code])


def done(response):
    """Read a file to its end, which closes it. (response.close() would end the test's own connection.)"""
    if response.streaming:
        list(response.streaming_content)


def text_of(response):
    """Its HTML without the tokens that are drawn anew for each answer and may spell anything."""
    return re.sub(r'(name="csrfmiddlewaretoken" value="|nonce=")[^"]*', r"\1", response.content.decode())


def hidden_in(page):
    """What a form sends beside what is typed: what it was made from, and which rows it shows."""
    return dict(re.findall(r'<input type="hidden" name="(seen|[a-z0-9]+-\d+-id|\d{6}-id)" value="([^"]*)"', page))


def send(client, url, data, **kwargs):
    """Open the page, type this in and send it."""
    return client.post(url, hidden_in(text_of(client.get(url))) | data, **kwargs)
