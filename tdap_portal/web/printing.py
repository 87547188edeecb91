"""A printed page in both hands of the portal: lines in Latin letters from the left, in Urdu from the right, on one
sheet.

For papers that stand in both languages side by side. Each font falls back to the other one, else the letters that it
lacks would vanish: the Urdu font has no Latin ones.
"""

from __future__ import annotations

from typing import Any, Literal

from tdap_portal.web.fonts import bytes_of, print_fonts

GREEN, INK, QUIET, LINE, SAFFRON = (11, 93, 59), (20, 33, 27), (76, 90, 82), (192, 201, 195), (201, 130, 10)
POINT = 0.3528  # mm
LEADING, URDU_LEADING = 1.35, 2.1  # of the size: Nastaliq leans and hangs


class PrintedPage:
    """A4 without margins, in millimetres from the upper left; what is written and drawn stands where it is told to.
    pdf: fpdf2's own."""

    def __init__(self, title: str, *, orientation: Literal["P", "L"] = "P") -> None:
        from fpdf import FPDF  # noqa: PLC0415  half a second, which pages without a PDF do not pay

        self.pdf: Any = FPDF(orientation=orientation, format="A4")
        fonts = print_fonts()
        for family in ("Inter", "Urdu"):
            self.pdf.add_font(family, "", fonts[family.lower()])
            self.pdf.add_font(family, "B", fonts[f"{family.lower()}-bold"])
        self.pdf.set_fallback_fonts(["Inter", "Urdu"], exact_match=False)
        self.pdf.set_margin(0)
        self.pdf.set_auto_page_break(auto=False)
        self.pdf.set_title(title)
        self.pdf.set_creator("TDAP")
        self.pdf.add_page()

    def output(self) -> bytes:
        return bytes_of(self.pdf)

    def text(
        self, text: str, x: float, y: float, width: float, *, size: float, bold: bool = False, ink: Any = INK
    ) -> float:
        """From the left; gives where the next line begins."""
        return self._block(text, x, y, width, size=size, bold=bold, ink=ink, is_urdu=False)

    def urdu(
        self, text: str, x: float, y: float, width: float, *, size: float, bold: bool = False, ink: Any = INK
    ) -> float:
        """From the right edge of the width."""
        return self._block(text, x, y, width, size=size, bold=bold, ink=ink, is_urdu=True)

    def _block(
        self, text: str, x: float, y: float, width: float, *, size: float, bold: bool, ink: Any, is_urdu: bool
    ) -> float:
        pdf = self.pdf
        pdf.set_text_shaping(use_shaping_engine=True, direction="rtl" if is_urdu else "ltr")
        pdf.set_font("Urdu" if is_urdu else "Inter", "B" if bold else "", size)
        pdf.set_text_color(*ink)
        pdf.set_xy(x, y)
        height = size * POINT * (URDU_LEADING if is_urdu else LEADING)
        pdf.multi_cell(width, height, text, align="R" if is_urdu else "L", new_x="LEFT", new_y="NEXT")
        return float(pdf.get_y())

    def star(self, x: float, y: float, size: float) -> None:
        """The eight-pointed mark of the portal."""
        pdf = self.pdf
        pdf.set_draw_color(*GREEN)
        pdf.set_line_width(0.5)
        half = size / 2
        pdf.rect(x - half, y - half, size, size)
        far = half * 2**0.5
        pdf.polygon([(x, y - far), (x + far, y), (x, y + far), (x - far, y)], style="D")
        pdf.set_fill_color(*SAFFRON)
        pdf.circle(x, y, size * 0.22, style="F")
