"""What is written down when a row is not as it must be: for each message, what arrived and what the database says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import create_engine, select

from storage import engines
from storage.schema import deliveries
from tests.chaos.scenes import Scene


def write(  # noqa: PLR0917
    path: Path,
    url: str,
    scene: Scene,
    doubled: Sequence[tuple[str, str]],
    lost: Mapping[str, Sequence[str]],
    faults: Sequence[str],
) -> Path:
    """Write it down; gives the path back."""
    lines = [*faults, ""]
    lacking = {place.rpartition("/")[2] for place in lost}
    keys = {
        kept.key: f"{kept.channel} {kept.name}"
        for kept in scene.arrived()
        if kept.channel in lacking or (kept.channel, kept.name) in doubled
    }
    for place, titles in lost.items():
        lines.append(f"lost {place}: {', '.join(titles)}")
    engine = create_engine(engines.address(url))
    with engine.connect() as connection:
        rows = {row.key: row for row in connection.execute(select(deliveries))}
    engine.dispose()
    arrivals = scene.server.faults.arrivals
    first = min((arrival.at for arrival in arrivals), default=0.0)
    for key, what in keys.items():
        lines += ["", f"{key} {what}"]
        for arrival in arrivals:
            if arrival.key == key:
                ended = f"{arrival.ended - first:.3f}" if arrival.ended else "never"
                lines.append(
                    f"  {arrival.at - first:9.3f} to {ended} ({arrival.wall:%H:%M:%S.%f}) {arrival.method}"
                    f" {arrival.path} {arrival.fault} committed={arrival.committed} status={arrival.status}"
                )
        lines += [f"  there as {kept.id} at {kept.at:%H:%M:%S.%f}" for kept in scene.arrived() if kept.key == key]
        if key in rows:
            lines.append(f"  in the database: {dict(rows[key]._mapping) | {'message': '…'}}")
    path.write_text("\n".join(lines) + "\n")
    return path
