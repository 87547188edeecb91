"""What is taken out of every text that comes in, so that what is stored is what the eye sees. Pure.

| in the text | becomes |
|---|---|
| characters without a shape (zero-width spaces, marks of direction, soft hyphens, fillers, variation selectors) | nothing |
| U+200C and U+200D between two letters of the Arabic script, which they shape | one of them |
| control characters | nothing |
| line ends of any system | a line feed |
| tabs, no-break and other spaces | a space |
| letters in the shape that they have inside a word (U+FB50 and on), as old PDFs hold them | the letter |
| a letter and its marks apart | one character where Unicode has it (NFC) |

Letters and digits stay what they are: ي and ك are Urdu typed on an Arabic keyboard, but right in Sindhi, Pashto and Arabic
names, so names are compared by tdap_portal.core.folding instead; digits are read as digits where a number is meant.
"""

import re
import unicodedata
from typing import Final

_UNSEEN: Final = re.compile(
    # Unicode's Default_Ignorable_Code_Point but for the two joiners, the blank of Braille, and control characters
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]"
)
_ARABIC: Final = "[\u0620-\u065f\u066e-\u06d3\u06d5-\u06ef\u06fa-\u06ff\u0750-\u077f\u0870-\u08ff]"
_IDLE_JOINER: Final = re.compile(f"(?<!{_ARABIC})[\u200c\u200d]+|[\u200c\u200d]+(?!{_ARABIC}|[\u200c\u200d])")
_JOINERS: Final = re.compile("([\u200c\u200d])[\u200c\u200d]+")
_LINE_END: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACE: Final = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_SHAPED: Final = re.compile("[\ufb50-\ufdcf\ufe80-\ufefc]")


def clean(text: str) -> str:
    """The text by the table above. Spaces at its ends stay: each field trims for itself. Cleaning twice changes nothing."""
    if text.isascii() and text.isprintable():
        return text
    plain = _UNSEEN.sub("", _LINE_END.sub("\n", text))
    plain = _SHAPED.sub(lambda found: unicodedata.normalize("NFKC", found[0]), _SPACE.sub(" ", plain))
    return unicodedata.normalize("NFC", _JOINERS.sub(r"\1", _IDLE_JOINER.sub("", plain)))
