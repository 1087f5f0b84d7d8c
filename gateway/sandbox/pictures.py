"""Pictures for films: coloured PNGs, posters with the title's words, drawn with zlib alone.

Clients ask for ``*.jpg`` as at TMDB; Content-Type tells the truth, and browsers go by it.
"""

import struct
import zlib
from functools import lru_cache
from typing import Final

from starlette.responses import Response

from gateway.sandbox.catalogue import Catalogue, words_of
from gateway.sandbox.film import draw, film_id_of_image

_ORIGINAL: Final = {"p": 1000, "b": 1280}
_SIZES: Final = frozenset({45, 92, 154, 185, 300, 342, 500, 780, 1280})
_ASPECT: Final = {"p": (36, 54), "b": (160, 90), "a": (36, 54)}  # cells across and down
_SHADES: Final = 12
_LAMPS: Final = 9
_INK: Final = _SHADES

_FONT_TEXT: Final = (  # 3 x 5 pixels, one octal digit a row; a to z, 0 to 9
    "25755 65656 34443 65556 74647 74644 34553 55755 72227 11152 55655 44447 57755 65555 "
    "25552 65644 25563 65655 34216 72222 55557 55552 55775 55255 55222 71247 "
    "75557 26227 71747 71717 55711 74717 74757 71111 75757 75717"
)
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz0123456789"
_FONT: Final = {
    letter: tuple(map(int, rows)) for letter, rows in zip(_LETTERS, _FONT_TEXT.split(), strict=True)
}


def picture(catalogue: Catalogue, size: str, name: str) -> Response:
    """A picture of one of TMDB's sizes; 404 for other sizes and odd names."""
    kind = name[:1] if name[:1] in _ASPECT else "b"
    width_px = _width_px(size, kind)
    if width_px is None or len(name) > 64:
        return Response(b"<h1>File not Found</h1>", 404, media_type="text/html")
    tmdb_id = film_id_of_image(name)
    film = None if tmdb_id is None else catalogue.get(tmdb_id)
    body = _png(kind, width_px, name, film.title if film else "")
    headers = {"cache-control": "public, max-age=31536000"}
    return Response(body, 200, headers, media_type="image/png")


def _width_px(size: str, kind: str) -> int | None:
    if size == "original":
        return _ORIGINAL.get(kind, 500)
    if size == "h632":
        return 421
    number = size[1:]
    known = size[:1] == "w" and number.isdecimal() and int(number) in _SIZES
    return int(number) if known else None


@lru_cache(maxsize=512)
def _png(kind: str, width_px: int, name: str, title: str) -> bytes:
    across, down = _ASPECT[kind]
    height_px = width_px * down // across
    seed = draw("picture", name)
    cells = _shaded(across, down, seed)
    if kind == "b":  # pages set their own words upon it
        _light(cells, seed)
    else:
        _write(cells, title)
    columns = [x * across // width_px for x in range(width_px)]
    lines = [b"\0" + bytes([row[column] for column in columns]) for row in cells]
    pixels = b"".join(lines[y * down // height_px] for y in range(height_px))
    header = struct.pack(">IIBBBBB", width_px, height_px, 8, 3, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"PLTE", _palette(draw("colour", name)))
        + _chunk(b"IDAT", zlib.compress(pixels, 6))
        + _chunk(b"IEND", b"")
    )


def _shaded(across: int, down: int, seed: int) -> list[bytearray]:
    slope = 1 + seed % 3
    return [
        bytearray(
            ((x * slope + 2 * y) * _SHADES // (across * slope + 2 * down)) for x in range(across)
        )
        for y in range(down)
    ]


def _light(rows: list[bytearray], seed: int) -> None:
    """Lamps out of focus, each a disc of lighter shades."""
    for number in range(_LAMPS):
        dice = draw("lamp", seed, number)
        x, y, radius = dice % len(rows[0]), (dice >> 8) % len(rows), 4 + (dice >> 16) % 14
        for down in range(max(0, y - radius), min(len(rows), y + radius)):
            reach = int((radius * radius - (down - y) ** 2) ** 0.5)
            for right in range(max(0, x - reach), min(len(rows[0]), x + reach)):
                rows[down][right] = min(_SHADES - 1, rows[down][right] + 2)


def _write(rows: list[bytearray], title: str) -> None:
    across, down = len(rows[0]), len(rows)
    lines = _lines(title, width=(across - 4) // 4)[: (down - 8) // 7]
    top = (down - 7 * len(lines)) // 2
    for number, word in enumerate(lines):
        left = (across - 4 * len(word) + 1) // 2
        for place, letter in enumerate(word):
            _letter(rows, letter, left + 4 * place, top + 7 * number)


def _lines(title: str, *, width: int) -> list[str]:
    """Words set into lines, so that long titles of a series still differ."""
    lines = [""]
    for word in words_of(title):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()[:width]
    return lines


def _letter(rows: list[bytearray], letter: str, left: int, top: int) -> None:
    unknown = (0,) if letter == " " else (7, 5, 5, 5, 7)
    for down, bits in enumerate(_FONT.get(letter, unknown)):
        for right in range(3):
            if bits >> (2 - right) & 1:
                rows[top + down][left + right] = _INK


def _palette(seed: int) -> bytes:
    start = [seed >> shift & 0x7F for shift in (0, 8, 16)]
    end = [40 + (seed >> shift & 0x7F) for shift in (24, 32, 40)]
    shades = bytes(
        a + (b - a) * step // (_SHADES - 1)
        for step in range(_SHADES)
        for a, b in zip(start, end, strict=True)
    )
    return shades + b"\xff\xf6\xe0"


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
