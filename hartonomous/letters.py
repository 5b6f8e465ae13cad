"""One normal form and one folding of case, the same to the bit in Python and in SQL.

Both are Unicode 13's, the oldest that a Python or a PostgreSQL we run on knows, so that no newer
version, locale or library changes what a text is: characters that came later stay as they are. The
SQL functions ``nfc``, ``nfd`` and ``fold`` say the same from the same tables.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Literal

#: Code points that Unicode 13 leaves open, with characters among them that no normal form touches;
#: in hexadecimal.
_LATER = (
    "378-379 380-383 38b 38d 3a2 530-590 5c8-5cf 5eb-5ee 5f5-5ff 61d 70e 74b-7bf 7fb-7fc 82e-83f "
    "85c-8d2 984-992 9a9 9b1-9bb 9c5-9c6 9c9-9ca 9cf-9d6 9d8-9db 9de 9e4-9e5 9ff-a12 a29 a31 a34 "
    "a37 a3a-a3b a3d-a4a a4e-a58 a5d a5f-abb ac6-aca ace-b12 b29-b3b b45-b46 b49-b4a b4e-b54 "
    "b58-b5b b5e-b91 b96-bbd bc3-bc5 bc9 bce-bd6 bd8-c45 c49 c4e-c54 c57-cbb cc5 cc9 cce-cd4 "
    "cd7-d11 d45 d49 d50-d53 d64-dc9 dcb-dce dd5-dd7 de0-e00 e3b-e3e e5c-ea6 ebe-ec7 ece-eff f48 "
    "f6d-f70 f98 fbd fcd-fff 10c6-10cf 1249-135c 137d-13ff 169d-170d 1715-171f 1737-177f "
    "17de-187f 18ab-192f 193c-19dd 1a1c-1a5f 1a7d-1a7e 1a8a-1aaf 1ac1-1aff 1b4c-1b4f 1b7d-1b7f "
    "1bf4-1bfb 1c38-1ccf 1cfb-1cff 1dfa 1f16-1f17 1f1e-1f1f 1f46-1f47 1f4e-1f4f 1f58 1f5a 1f5c "
    "1f5e 1f7e-1f7f 1fb5 1fc5 1fd4-1fd5 1fdc 1ff0-1ff1 1ff5 1fff 2065-20cf 20f1-20ff 218c-218f "
    "2427-245f 2b74-2b96 2c2f-2c5f 2cf4-2d7e 2d97-2ddf 2e53-2eff 2fd6-2fff 3040 3097-3098 "
    "3100-321f 9ffd-9fff a48d-a4cf a62c-a63f a6f8-a6ff a7c0-a7f4 a82d-a87f a8c6-a8df a954-a97f "
    "a9ce-aa5b aac3-aada aaf7-ab6f abee-abff d7a4-d7ff fa6e-fa6f fada-fb1c fb37 fb3d fb3f fb42 "
    "fb45 fbc2-fbd2 fd40-fe1f fe53-fe75 fefd-ff00 ffbf-101cf 101fe-102df 102fc-1034f 1037b-103ff "
    "1049e-105ff 10737-10a0b 10a14-10a37 10a3b-10a3e 10a49-10abf 10ae7-10cf9 10d28-10eaa "
    "10eae-10f2f 10f5a-10fff 1104e-1107e 110c2-110ff 11135-1114f 11177-1117f 111e0-11212 "
    "1123f-112af 112eb-1133a 11345-11346 11349-1134a 1134e-11356 11358-11365 1136d-1136f "
    "11375-113ff 1145c 11462-1147f 114c8-1157f 115b6-115b7 115de-115ff 11645-1167f 116b9-1171c "
    "1172c-117ff 1183c-11917 11936 11939-1193a 11947-119d9 119e5-119ff 11a48-11a4f 11aa3-11c37 "
    "11c46-11d3e 11d48-11d92 11d99-11ffe 1239a-1247f 12544-12fff 1342f-143ff 14647-167ff "
    "16a39-16aef 16af6-16aff 16b46-16fef 16ff2-16fff 187f8-187ff 18cd6-1afff 1b11f-1b16f "
    "1b2fc-1bc9b 1bca4-1cfff 1d0f6-1d128 1d1e9-1d1ff 1d246-1d551 1d6a6-1d6a7 1d7cc-1d7cd "
    "1da8c-1dfff 1e007 1e019-1e01a 1e022 1e025 1e02b-1e12f 1e13e-1e2bf 1e2fa-1e7ff 1e8c5-1e8c6 "
    "1e8d7-1e8ff 1e94c-1f0ff 1f1ae-1f2ff 1f6d8-1f9cc 1fa54-1faff 1fb93-1fffd 2a6de-2a6ff "
    "2b735-2b73f 2b81e-2b81f 2cea2-2ceaf 2ebe1-2f7ff 2fa1e-2fffd 3134b-e00ff e01f0-efffd"
)
#: Case foldings of characters that are their own NFD: first-last/step>what the first becomes.
_CASES = (
    "41-5a>61 b5>3bc c6>e6 d0>f0 d8>f8 de>fe 110>111 126>127 132>133 13f-141/2>140 14a>14b "
    "152>153 166>167 17f>73 181>253 182-184/2>183 186>254 187>188 189-18a>256 18b>18c 18e>1dd "
    "18f>259 190>25b 191>192 193>260 194>263 196>269 197>268 198>199 19c>26f 19d>272 19f>275 "
    "1a2-1a4/2>1a3 1a6>280 1a7>1a8 1a9>283 1ac>1ad 1ae>288 1b1-1b2>28a 1b3-1b5/2>1b4 1b7>292 "
    "1b8>1b9 1bc>1bd 1c4>1c6 1c5>1c6 1c7>1c9 1c8>1c9 1ca>1cc 1cb>1cc 1e4>1e5 1f1>1f3 1f2>1f3 "
    "1f6>195 1f7>1bf 21c>21d 220>19e 222-224/2>223 23a>2c65 23b>23c 23d>19a 23e>2c66 241>242 "
    "243>180 244>289 245>28c 246-24e/2>247 345>3b9 370-372/2>371 376>377 37f>3f3 391-3a1>3b1 "
    "3a3-3a9>3c3 3c2>3c3 3cf>3d7 3d0>3b2 3d1>3b8 3d5>3c6 3d6>3c0 3d8-3ee/2>3d9 3f0>3ba 3f1>3c1 "
    "3f4>3b8 3f5>3b5 3f7>3f8 3f9>3f2 3fa>3fb 3fd-3ff>37b 402-404/2>452 405-406>455 408-40b>458 "
    "40f>45f 410-418>430 41a-42f>43a 460-474/2>461 478-480/2>479 48a-4be/2>48b 4c0>4cf "
    "4c3-4cd/2>4c4 4d4>4d5 4d8>4d9 4e0>4e1 4e8>4e9 4f6>4f7 4fa-52e/2>4fb 531-556>561 "
    "10a0-10c5>2d00 10c7>2d27 10cd>2d2d 13f8-13fd>13f0 1c80>432 1c81>434 1c82>43e 1c83-1c84>441 "
    "1c85>442 1c86>44a 1c87>463 1c88>a64b 1c90-1cba>10d0 1cbd-1cbf>10fd 1efa-1efe/2>1efb "
    "2132>214e 2160-216f>2170 2183>2184 24b6-24cf>24d0 2c00-2c2e>2c30 2c60>2c61 2c62>26b "
    "2c63>1d7d 2c64>27d 2c67-2c6b/2>2c68 2c6d>251 2c6e>271 2c6f>250 2c70>252 2c72>2c73 2c75>2c76 "
    "2c7e-2c7f>23f 2c80-2ce2/2>2c81 2ceb-2ced/2>2cec 2cf2>2cf3 a640-a66c/2>a641 a680-a69a/2>a681 "
    "a722-a72e/2>a723 a732-a76e/2>a733 a779-a77b/2>a77a a77d>1d79 a77e-a786/2>a77f a78b>a78c "
    "a78d>265 a790-a792/2>a791 a796-a7a8/2>a797 a7aa>266 a7ab>25c a7ac>261 a7ad>26c a7ae>26a "
    "a7b0>29e a7b1>287 a7b2>29d a7b3>ab53 a7b4-a7be/2>a7b5 a7c2>a7c3 a7c4>a794 a7c5>282 a7c6>1d8e "
    "a7c7-a7c9/2>a7c8 a7f5>a7f6 ab70-abbf>13a0 ff21-ff3a>ff41 10400-10427>10428 104b0-104d3>104d8 "
    "10c80-10cb2>10cc0 118a0-118bf>118c0 16e40-16e5f>16e60 1e900-1e921>1e922"
)
#: Those that become several characters.
_LONG_CASES = (
    "df>73+73 149>2bc+6e 587>565+582 1e9a>61+2be 1e9e>73+73 fb00>66+66 fb01>66+69 fb02>66+6c "
    "fb03>66+66+69 fb04>66+66+6c fb05>73+74 fb06>73+74 fb13>574+576 fb14>574+565 fb15>574+56b "
    "fb16>57e+576 fb17>574+56d"
)

#: Control characters, what Unicode 13 says is ignorable by default, separators of lines; and
#: white space. The SQL functions ``invisible_characters`` and ``white_characters`` have the same.
_INVISIBLE = (
    "1-1f 7f-9f ad 34f 61c 115f-1160 17b4-17b5 180b-180e 200b-200f 2028-202e 2060-206f 3164 "
    "fe00-fe0f feff ffa0 fff0-fff8 1bca0-1bca3 1d173-1d17a e0000-e0fff"
)
_WHITE = "9-d 20 85 a0 1680 2000-200a 2028-2029 202f 205f 3000"


def nfc(text: str) -> str:
    """Return a text in Normalization Form C of Unicode 13."""
    return _normalize("NFC", text)


def nfd(text: str) -> str:
    """Return a text in Normalization Form D of Unicode 13."""
    return _normalize("NFD", text)


def fold(text: str) -> str:
    """Return a text without case: equal for texts that are canonical caseless matches.

    Notes
    -----
    The Unicode Standard 13.0, section 3.13, D145, brought to NFC: ``ΟΔΟΣ`` and ``οδος`` are one, so
    are ``İ`` and ``i̇``, ``Straße`` and ``STRASSE``; a dotless ``ı`` stays apart from ``i``.
    """
    if text.isascii():
        return text.lower()
    return nfc(nfd(text).translate(_folding()))


def trimmed_key(key: str) -> str:
    """Return a person's key in NFC, without white space and invisible characters at its ends."""
    return nfc(key).strip("".join((*_members(_WHITE), *_members(_INVISIBLE))))


def invisible_at(text: str) -> int | None:
    """Return the place of the first character that nobody sees, None where all are seen."""
    hidden = _members(_INVISIBLE)
    return next((place for place, letter in enumerate(text) if letter in hidden), None)


def _normalize(form: Literal["NFC", "NFD"], text: str) -> str:
    if text.isascii():
        return text
    # characters that came later are what nothing composes with, as in Unicode 13
    parts = _later().split(text)
    parts[::2] = [unicodedata.normalize(form, part) for part in parts[::2]]
    return "".join(parts)


@cache
def _later() -> re.Pattern[str]:
    ranges = [list(map(_character, part.split("-"))) for part in _LATER.split()]
    return re.compile(f"([{''.join(map('-'.join, ranges))}]+)")


@cache
def _members(ranges: str) -> frozenset[str]:
    ends = [[int(end, 16) for end in one.split("-")] for one in ranges.split()]
    return frozenset(
        chr(code) for first, *last in ends for code in range(first, (last or [first])[0] + 1)
    )


@cache
def _folding() -> dict[int, str]:
    folding = {code: chr(target) for run in _CASES.split() for code, target in _run(run)}
    for pair in _LONG_CASES.split():
        code, _, becomes = pair.partition(">")
        folding[int(code, 16)] = "".join(map(_character, becomes.split("+")))
    return folding


def _run(run: str) -> Iterator[tuple[int, int]]:
    codes, _, target = run.partition(">")
    span, _, step = codes.partition("/")
    first, _, last = span.partition("-")
    begin = int(first, 16)
    for code in range(begin, int(last or first, 16) + 1, int(step or "1")):
        yield code, code - begin + int(target, 16)


def _character(code: str) -> str:
    return chr(int(code, 16))
