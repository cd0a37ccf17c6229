"""A page, and its picture."""

from __future__ import annotations

import shutil
import struct
import subprocess
import tempfile
import zlib
from html import escape
from pathlib import Path
from typing import Final

WIDTH: Final = 860
#: pixels of the picture for each of the page: readable on a screen of today
SCALE: Final = 2
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")


def page(title: str, style: str, body: str) -> str:
    """The whole page. `title` is text, the others are CSS and HTML."""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>*{{box-sizing:border-box}}body{{margin:0;width:{WIDTH}px}}{style}</style><body>{body}</body></html>"
    )


def photograph(html: str, file: Path) -> None:
    """A picture of that page, cut where the page ends. Raises LookupError where there is no Chromium."""
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if not browser:
        raise LookupError("A picture needs Chromium: apt install chromium.")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "page.html"
        # the page says in its title how high it is, and how much of a window is not page
        measured = (
            html + "<script>document.title = `${document.body.scrollHeight} ${outerHeight - innerHeight}`</script>"
        )
        source.write_text(measured, encoding="utf-8")
        said = _run(browser, folder, "--dump-dom", source.as_uri()).decode()
        height, frame = map(int, said.partition("<title>")[2].partition("</title>")[0].split())
        source.write_text(html, encoding="utf-8")
        picture = Path(folder) / "page.png"
        _run(
            browser,
            folder,
            f"--window-size={WIDTH},{height + frame}",
            f"--force-device-scale-factor={SCALE}",
            f"--screenshot={picture}",
            source.as_uri(),
        )
        file.write_bytes(cropped(picture.read_bytes(), height * SCALE))


def cropped(png: bytes, height: int) -> bytes:
    """The upper rows of a picture, packed tightly. https://www.w3.org/TR/png-3/#5Chunk-layout"""
    chunks, at = [], len(_SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        chunks.append((png[at + 4 : at + 8], png[at + 8 : at + 8 + length]))
        at += 12 + length
    (wide, high, *rest) = struct.unpack(">IIBBBBB", next(data for name, data in chunks if name == b"IHDR"))
    rows = zlib.decompress(b"".join(data for name, data in chunks if name == b"IDAT"))
    # a row is told by those above it, never by those below
    kept = rows[: len(rows) // high * min(height, high)]
    made = (
        (b"IHDR", struct.pack(">IIBBBBB", wide, min(height, high), *rest)),
        (b"IDAT", zlib.compress(kept, 9)),
        (b"IEND", b""),
    )
    return _SIGNATURE + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in made
    )


def _run(browser: str, folder: str, *options: str) -> bytes:
    quiet = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run")
    offline = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic")
    command = [browser, *quiet, *offline, f"--user-data-dir={folder}/profile", *options]
    return subprocess.run(command, check=True, capture_output=True, timeout=120).stdout
