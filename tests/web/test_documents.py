"""A part of a page as blocks of words, and these as a PDF."""

from __future__ import annotations

import pypdfium2
import pytest

from tdap_portal.web.documents import Block, blocks_of, pdf_of

pytestmark = pytest.mark.unit

HTML = """
<article class="receipt">
  <p class="eyebrow">Round&nbsp;4,
     general</p>
  <h1><bdi>Noor &amp; Sons</bdi>, Sialkot</h1>
  <p><span class="state tone-done">Selected</span> You are over the line.</p>
  <dl><dt>File</dt><dd><span class="code">R4-0001</span></dd></dl>
  <p class="total"><b>63.2</b><span>points of 100</span></p>
  <ul class="rows"><li><b>Strong.</b><p>Go on.</p></li></ul>
  <svg><text>drawn</text></svg><p class="no-print">not on paper <b>at all</b></p>
  <span class="visually-hidden">only read aloud</span>
  <table><caption>Points</caption><thead><tr><th>Head</th></tr></thead><tbody>
    <tr><th scope="row">Exports <small>Best year: USD 100.</small><ul><li>Verified</li></ul></th><td>15</td><td>8.2 of 15</td></tr>
  </tbody></table>
  loose words
</article>
"""


def test_the_words_of_a_page_come_out_in_its_order_without_what_is_not_for_paper():
    assert blocks_of(HTML) == [
        Block("text", "Round 4, general"),
        Block("h1", "Noor & Sons, Sialkot"),
        Block("text", "Selected\nYou are over the line."),
        Block("term", "File"),
        Block("text", "R4-0001"),
        Block("big", "63.2\npoints of 100"),
        Block("item", "Strong.\nGo on."),
        Block("row", cells=("Exports\nBest year: USD 100.\nVerified", "15", "8.2 of 15")),
        Block("text", "loose words"),
    ]


def test_a_list_item_is_one_block_with_its_small_print():
    assert blocks_of("<ul><li>One<small>more</small></li><li>Two</li></ul>") == [
        Block("item", "One\nmore"),
        Block("item", "Two"),
    ]


def test_a_tag_that_is_not_closed_loses_no_words():
    assert [block.text for block in blocks_of("<div><p>One<p>Two<br>three")] == ["One", "Two\nthree"]


@pytest.mark.parametrize("language", ["en", "ur"])
def test_long_texts_run_over_pages_with_a_foot_on_each(language):
    blocks = [Block("h2", "Heading"), *(Block("text", "word " * 60) for _ in range(40)), Block("row", cells=("A", "B"))]
    made = pdf_of(blocks, language=language, title="Sheet", foot="portal.example/receipt/BCDFG-HJKMN")
    document = pypdfium2.PdfDocument(made)
    texts = [page.get_textpage().get_text_range() for page in document]
    assert len(texts) > 2
    assert all("BCDFG-HJKMN" in text for text in texts)
    assert f"1 / {len(texts)}" in texts[0]
