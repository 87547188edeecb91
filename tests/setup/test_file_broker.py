"""The broker of `manage.py run`: whoever reads while somebody writes finds a whole message or none."""

from __future__ import annotations

import json
import tempfile
from concurrent.futures import ThreadPoolExecutor
from queue import Empty

import pytest
from kombu import Connection
from kombu.transport import filesystem

from tdap_portal import celery
from tdap_portal.core import file_broker

MESSAGE = {"body": "a" * 200_000, "headers": {}}


@pytest.fixture
def channel_of(tmp_path, monkeypatch):
    """A channel of the broker in one folder, by the class of its transport."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # kombu takes a message away by way of it
    options = celery.transport_options("filesystem://", str(tmp_path / "broker"))
    opened = []

    def channel(transport):
        connection = Connection(transport=transport, transport_options=options)
        opened.append(connection)
        return connection.channel()

    yield channel
    for connection in opened:
        connection.release()


def read_during_a_write(channel_of, monkeypatch, transport, module):
    """What a second process reads before the message is on the disk, and after it."""
    writer, reader = channel_of(transport), channel_of(transport)
    read, dumps = [], module.dumps

    def read_and_dump(payload):
        try:
            read.append(reader._get("default"))
        except Empty:
            read.append(None)
        return dumps(payload)

    monkeypatch.setattr(module, "dumps", read_and_dump)
    writer._put("default", MESSAGE)
    return [*read, reader._get("default")]


@pytest.mark.unit
def test_a_message_is_read_whole_or_not_at_all(channel_of, monkeypatch):
    assert read_during_a_write(channel_of, monkeypatch, file_broker.Transport, file_broker) == [None, MESSAGE]


@pytest.mark.unit
def test_control_kombu_shows_a_message_before_it_is_written(channel_of, monkeypatch):
    with pytest.raises(json.JSONDecodeError):
        read_during_a_write(channel_of, monkeypatch, filesystem.Transport, filesystem)


@pytest.mark.unit
def test_many_writers_and_a_reader_lose_nothing(channel_of):
    writers, reader = [channel_of(file_broker.Transport) for _ in range(4)], channel_of(file_broker.Transport)

    def write(number):
        for piece in range(50):
            writers[number]._put("default", {"number": [number, piece], "body": "a" * 50_000})

    read = []
    with ThreadPoolExecutor() as pool:
        written = [pool.submit(write, number) for number in range(len(writers))]
        at_end = False
        while not at_end:
            all_written = all(job.done() for job in written)
            try:
                read.append(reader._get("default")["number"])
            except Empty:
                at_end = all_written

    assert sorted(read) == [[number, piece] for number in range(4) for piece in range(50)]


@pytest.mark.unit
def test_a_message_that_a_power_cut_left_empty_is_told_and_the_next_one_read(channel_of, tmp_path, caplog):
    channel = channel_of(file_broker.Transport)
    (tmp_path / "broker" / "queue" / "0_cut.default.msg").write_text("")
    channel._put("default", {"body": "next"})

    assert channel._get("default") == {"body": "next"}
    assert "broken" in caplog.text
    with pytest.raises(Empty):
        channel._get("default")


@pytest.mark.unit
def test_two_processes_that_open_one_exchange_at_once_both_stand_in_its_table(channel_of):
    def bind(number):
        channel_of(file_broker.Transport)._queue_bind("news", "", "", f"queue-{number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(bind, range(32)))

    table = channel_of(file_broker.Transport).get_table("news")
    assert {row.queue for row in table} == {f"queue-{number}" for number in range(32)}


@pytest.mark.unit
def test_a_table_that_a_power_cut_left_empty_begins_anew(channel_of, tmp_path):
    channel = channel_of(file_broker.Transport)
    (tmp_path / "broker" / "control" / "news.exchange").write_text("")

    channel._queue_bind("news", "", "", "default")

    assert [row.queue for row in channel.get_table("news")] == ["default"]
    assert [file.name for file in (tmp_path / "broker" / "control").iterdir()] == ["news.exchange"]


@pytest.mark.unit
def test_the_portal_speaks_to_this_broker():
    with Connection("filesystem://") as connection:
        assert connection.transport_cls == "filesystem"
        assert isinstance(connection.transport, file_broker.Transport)
