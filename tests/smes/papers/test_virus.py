import socket
import struct
import threading
from contextlib import contextmanager, suppress
from io import BytesIO
from tempfile import TemporaryDirectory

import pytest
from PIL import Image

from smes.papers.checks import PaperError, check_paper
from smes.papers.selectors import health_lines
from smes.papers.virus import ClamdScanner, NoScanner, Verdict, refuse_infected, scanner

pytestmark = pytest.mark.unit


class FakeClamd:
    """Says `answer` to every file, in pieces; keeps the files that came. answer: None says nothing until it is closed."""

    def __init__(self, listening, url, answer, *, reads):
        self.listening, self.url, self.answer, self.reads = listening, url, answer, reads
        self.received = []
        self.is_over = threading.Event()

    def serve(self):
        while not self.is_over.is_set():
            try:
                peer = self.listening.accept()[0]
            except OSError:
                return
            with peer:
                if self.reads:
                    self.received.append(self.file_from(peer))
                if self.answer is None:
                    self.is_over.wait(30)
                    continue
                with suppress(ConnectionError):
                    for at in range(0, len(self.answer), 5):
                        peer.sendall(self.answer[at : at + 5])

    def file_from(self, peer):
        with peer.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            content = b""
            while length := struct.unpack(">I", stream.read(4))[0]:
                content += stream.read(length)
            return content


@contextmanager
def clamd(answer, *, over_tcp=False, reads=True):
    """A daemon on a socket of its own; reads: it waits for the whole file before it answers."""
    with TemporaryDirectory() as folder:  # pytest's own is deeper than the path of a socket may be long
        if over_tcp:
            listening = socket.create_server(("127.0.0.1", 0))
            url = f"tcp://127.0.0.1:{listening.getsockname()[1]}"
        else:
            listening = socket.socket(socket.AF_UNIX)
            listening.bind(f"{folder}/clamd.ctl")
            listening.listen()
            url = f"unix://{folder}/clamd.ctl"
        fake = FakeClamd(listening, url, answer, reads=reads)
        thread = threading.Thread(target=fake.serve)
        thread.start()
        try:
            yield fake
        finally:
            fake.is_over.set()
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()
            listening.close()


def paper():
    target = BytesIO()
    Image.new("RGB", (9, 9)).save(target, "PNG")
    return check_paper(BytesIO(target.getvalue()), name="paper.png", size=None)


@pytest.mark.parametrize("over_tcp", [False, True])
@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (b"stream: OK\0", Verdict.CLEAN),
        (b"stream: Eicar-Signature FOUND\0", Verdict.FOUND),
        (b"INSTREAM size limit exceeded. ERROR\0", Verdict.UNKNOWN),
        (b"stream: Can't allocate memory ERROR\0", Verdict.UNKNOWN),
        (b"HTTP/1.1 200 OK\r\n\r\n", Verdict.UNKNOWN),
        (b"stream: OK or not\0", Verdict.UNKNOWN),
        (b"\xff" * 100_000, Verdict.UNKNOWN),
        (b"", Verdict.UNKNOWN),
    ],
)
def test_clamd_gets_the_whole_file_and_only_its_own_words_count(answer, verdict, over_tcp):
    content = bytes(range(256)) * 4_000
    with clamd(answer, over_tcp=over_tcp) as fake:
        assert ClamdScanner(fake.url, timeout_seconds=20).scan(content) is verdict
    assert fake.received == [content]


def test_a_file_that_clamd_stops_reading_is_not_called_clean_and_the_log_says_why(caplog):
    with clamd(b"INSTREAM size limit exceeded. ERROR\0", reads=False) as fake:
        assert ClamdScanner(fake.url, timeout_seconds=20).scan(bytes(8 << 20)) is Verdict.UNKNOWN
    assert "INSTREAM size limit exceeded" in caplog.text


@pytest.mark.parametrize("reads", [True, False])
def test_a_clamd_that_hangs_is_not_waited_for(reads):
    with clamd(None, reads=reads) as fake:
        assert ClamdScanner(fake.url, timeout_seconds=0.2).scan(bytes(8 << 20)) is Verdict.UNKNOWN


def test_a_clamd_that_is_away_has_called_nothing_clean(tmp_path):
    assert ClamdScanner(f"unix://{tmp_path}/nobody.ctl", timeout_seconds=20).scan(b"x") is Verdict.UNKNOWN
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert ClamdScanner(f"tcp://127.0.0.1:{port}", timeout_seconds=20).scan(b"x") is Verdict.UNKNOWN


def test_without_a_setting_nothing_is_scanned_and_papers_are_kept(settings):
    settings.CLAMD_URL = ""
    assert isinstance(scanner(), NoScanner)
    assert scanner().scan(b"x") is Verdict.NOT_SCANNED
    sent = paper()
    assert refuse_infected(sent) is sent


def test_a_clean_paper_is_kept_once_the_scanner_has_seen_what_is_kept(settings):
    sent = paper()
    with clamd(b"stream: OK\0") as fake:
        settings.CLAMD_URL = fake.url
        assert refuse_infected(sent) is sent
    assert fake.received == [sent.content]


@pytest.mark.parametrize(("answer", "code"), [(b"stream: Eicar FOUND\0", "virus"), (b"nonsense", "not_scanned")])
def test_a_paper_that_is_not_called_clean_is_refused(settings, answer, code):
    with clamd(answer) as fake:
        settings.CLAMD_URL = fake.url
        with pytest.raises(PaperError) as refusal:
            refuse_infected(paper())
    assert refusal.value.code == code


def health(settings, url):
    settings.CLAMD_URL = url
    return [(line.ok, line.detail, line.weight) for line in health_lines()]


def test_health_says_whether_a_scanner_is_set_and_takes_the_largest_paper(settings, tmp_path):
    assert health(settings, "") == [(False, "None is set: papers are kept without a look for viruses.", "should")]
    away = (False, "Gives no usable answer: papers are refused for now.", "must")
    assert health(settings, f"unix://{tmp_path}/nobody.ctl") == [away]
    with clamd(b"stream: OK\0") as fake:
        assert health(settings, fake.url) == [(True, "Answers.", "must")]
    assert [len(content) for content in fake.received] == [settings.PAPER_MAX_BYTES]
