"""A program of its own, started by smes.papers.checks: gives the pages that a reader finds in the PDF it is handed.

A parser of somebody else's files may be led in circles or swell. Here it may use so much time and memory and no more,
and nothing else runs in its process. It answers with the number of pages on a line, and behind it everything that lay
packed in object streams. It ends with UNUSUAL where one of them is packed in another way than the usual one.
"""

from __future__ import annotations

import resource
import sys
from io import BytesIO
from typing import Any, Final

from pypdf import PdfReader
from pypdf.generic import IndirectObject

SECONDS: Final = 5
MEMORY: Final = 512 * 1024 * 1024
MAX_OBJECTS: Final = 64 * 1024 * 1024
MAX_ENTRIES: Final = 100_000  # in the tables of places; a paper has some thousands
UNUSUAL: Final = 3


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    reader = PdfReader(BytesIO(sys.stdin.buffer.read()), xref_stream_maximum_entries=MAX_ENTRIES)
    objects = []
    for number in {stream for stream, _place in reader.xref_objStm.values()}:
        packed: Any = reader.get_object(IndirectObject(number, 0, reader))
        if "/DecodeParms" in packed or packed.get("/Filter", "/FlateDecode") not in ("/FlateDecode", "/Fl"):
            sys.exit(UNUSUAL)
        objects.append(packed.get_data())
        if sum(map(len, objects)) > MAX_OBJECTS:
            sys.exit(UNUSUAL)
    sys.stdout.buffer.write(b"\n".join([b"%d" % len(reader.pages), *objects]))


if __name__ == "__main__":
    main()
