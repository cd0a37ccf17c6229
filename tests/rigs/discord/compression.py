"""How the gateway makes its words small, if the client asks: one stream for a whole connection."""

from __future__ import annotations

import zlib
from collections.abc import Callable

#: a frame, compressed with everything before it in mind
Squeeze = Callable[[bytes], bytes]


def squeezing(asked: str) -> Squeeze | None:
    """The stream that the query `compress` asks for; None for plain text."""
    if asked == "zlib-stream":
        stream = zlib.compressobj()
        return lambda raw: stream.compress(raw) + stream.flush(zlib.Z_SYNC_FLUSH)
    if asked == "zstd-stream":
        # discord.py asks for it only where this can be imported
        import zstandard  # noqa: PLC0415

        modern = zstandard.ZstdCompressor().compressobj()
        return lambda raw: modern.compress(raw) + modern.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    return None
