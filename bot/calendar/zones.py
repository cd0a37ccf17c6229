"""What people call a time zone: a city, a country, an abbreviation, a distance from UTC.

The names are the IANA time zone database's, read from the `tzdata` package on first use: `zone.tab` has the canonical
ones, one line a zone with its country; the rest are old names, understood and not offered.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from zoneinfo import available_timezones

#: what people say and no zone is called; for a name with several meanings the one meant most often
_ALSO = {
    "Africa/Johannesburg": "cape town, pretoria, sast",
    "Africa/Lagos": "abuja, wat",
    "Africa/Nairobi": "eat",
    "America/Argentina/Buenos_Aires": "argentina",
    "America/Chicago": "austin, houston, dallas, minneapolis, madison, urbana, cst, cdt, central, central time, ct",
    "America/Denver": "boulder, salt lake city, mst, mdt, mountain, mountain time, mt",
    "America/Los_Angeles": "san francisco, sf, bay area, berkeley, stanford, palo alto, san diego, seattle, portland, "
    "california, la, pst, pdt, pacific, pacific time, pt",
    "America/Mexico_City": "mexico",
    "America/New_York": "nyc, new york city, boston, princeton, philadelphia, pittsburgh, washington, washington dc, "
    "atlanta, baltimore, ithaca, mit, harvard, usa, us, united states, america, est, edt, eastern, eastern time, et",
    "America/Sao_Paulo": "brazil, brasil, rio, rio de janeiro, campinas, brasilia",
    "America/Toronto": "canada, montreal, ottawa, waterloo, quebec",
    "America/Vancouver": "british columbia",
    "Asia/Almaty": "kazakhstan",
    "Asia/Hong_Kong": "hkt, hk",
    "Asia/Jakarta": "indonesia, bandung, wib",
    "Asia/Jerusalem": "tel aviv, haifa, israel",
    "Asia/Kolkata": "ist, delhi, new delhi, mumbai, bombay, bangalore, bengaluru, chennai, hyderabad, pune, kanpur, "
    "india, utc+5:30",
    "Asia/Kuala_Lumpur": "malaysia, kl",
    "Asia/Riyadh": "thuwal, kaust, jeddah",
    "Asia/Seoul": "kst, korea, south korea, daejeon, kaist, pohang",
    "Asia/Shanghai": "beijing, peking, shenzhen, guangzhou, hangzhou, nanjing, wuhan, hefei, xian, chengdu, "
    "tianjin, prc",
    "Asia/Singapore": "sgt",
    "Asia/Taipei": "hsinchu",
    "Asia/Tashkent": "uzbekistan",
    "Asia/Tokyo": "jst, kyoto, osaka, nagoya, sendai, tsukuba, yokohama",
    "Australia/Adelaide": "acst, acdt",
    "Australia/Perth": "awst",
    "Australia/Sydney": "australia, canberra, aest, aedt",
    "Europe/Amsterdam": "holland, delft, utrecht, eindhoven, leiden",
    "Europe/Athens": "eet, eest",
    "Europe/Berlin": "cet, cest, mez, mesz, munich, munchen, muenchen, hamburg, frankfurt, cologne, koln, heidelberg, "
    "tubingen, aachen, karlsruhe, darmstadt, saarbrucken, dresden, leipzig, stuttgart, freiburg, bonn, gottingen",
    "Europe/Brussels": "leuven, ghent, gent",
    "Europe/Copenhagen": "aarhus",
    "Europe/Istanbul": "turkey",
    "Europe/Kyiv": "ukraine, kiev",
    "Europe/Lisbon": "portugal, porto, wet",
    "Europe/London": "uk, england, scotland, wales, great britain, united kingdom, bst, oxford, cambridge, edinburgh, "
    "manchester, bristol, glasgow",
    "Europe/Madrid": "barcelona, valencia",
    "Europe/Moscow": "russia, msk, saint petersburg, st petersburg",
    "Europe/Paris": "grenoble, lyon, toulouse, saclay, marseille, bordeaux, rennes",
    "Europe/Prague": "czechia, brno",
    "Europe/Rome": "milan, milano, turin, torino, bologna, padua, pisa, trento, trieste",
    "Europe/Stockholm": "gothenburg, goteborg, lund, uppsala, linkoping",
    "Europe/Vienna": "graz, linz, klosterneuburg",
    "Europe/Warsaw": "krakow, wroclaw",
    "Europe/Zurich": "lausanne, geneva, geneve, genf, bern, basel, eth, epfl, cern",
    "Pacific/Auckland": "new zealand, wellington, nzst, nzdt",
    "Pacific/Honolulu": "hawaii, hst",
    "UTC": "utc, gmt, z, zulu, universal, etc/utc",
    # the zones that keep a fraction of an hour all year round
    "Asia/Kathmandu": "utc+5:45",
    "Asia/Kabul": "utc+4:30",
    "Asia/Tehran": "utc+3:30",
    "Asia/Yangon": "utc+6:30",
    "Australia/Darwin": "utc+9:30",
    "Australia/Eucla": "utc+8:45",
    "Pacific/Marquesas": "utc-9:30",
}

_OFFSET = re.compile(r"(?:utc|gmt)?([+-])(\d{1,2})(?::?([0-5]\d))?")


def parse_zone(text: str) -> str | None:
    """The IANA name of the zone that is meant: "Berlin", "europe/zurich", "Zürich", "Japan", "EST", "UTC+2"; or None.

    An abbreviation is taken for the place, not for the fixed distance: "EST" is New York in summer, too. A name with
    several meanings gets the one meant most often. "UTC+2" is "Etc/GMT-2": the database counts west as positive.
    """
    wanted = _fold(text)
    return _fixed(wanted) or _names().get(wanted)


def zones_like(text: str, n: int = 5) -> list[str]:
    """Canonical names that `text` may become, best first, for completion and for "did you mean"; at most n."""
    wanted = _fold(text)
    if not wanted:
        return []
    canonical = set(_canonical())
    names = {name: zone for name, zone in _names().items() if zone in canonical}
    starts = [name for name in names if name.startswith(wanted)]
    inside = [name for name in names if f" {wanted}" in name or f"/{wanted}" in name]
    # a place's own name before what else its people may say
    found = sorted((*starts, *inside), key=lambda name: (name != wanted, name not in _fold(names[name])))
    found = found or get_close_matches(wanted, names, n=n, cutoff=0.7)
    meant = parse_zone(text)
    return list(dict.fromkeys([*filter(None, [meant]), *(names[name] for name in found)]))[:n]


def _fixed(wanted: str) -> str | None:
    match = _OFFSET.fullmatch(wanted.replace(" ", ""))
    if not match:
        return None
    sign, hours, minutes = match[1], int(match[2]), match[3]
    if minutes and minutes != "00":
        return _names().get(f"utc{sign}{hours}:{minutes}")
    if hours == 0:
        return "UTC"
    # from Kiritimati to Baker Island
    if hours > (14 if sign == "+" else 12):
        return None
    return f"Etc/GMT{'-' if sign == '+' else '+'}{hours}"


@cache
def _names() -> dict[str, str]:
    """Everything that is understood, folded, with the zone it means; the surest meaning wins."""
    countries = dict(_table("iso3166.tab"))
    canonical = _canonical()
    old = sorted(available_timezones())
    names = {_fold(name): zone for zone, also in _ALSO.items() for name in also.split(", ")}
    for zone in canonical:
        names.setdefault(_fold(zone), zone)
    for zone in canonical:
        names.setdefault(_fold(zone.rpartition("/")[2]), zone)
    for zone, country in canonical.items():
        names.setdefault(_fold(countries.get(country, zone)), zone)
    for zone in old:
        names.setdefault(_fold(zone), zone)
    for zone in old:
        names.setdefault(_fold(zone.rpartition("/")[2]), zone)
    return names


@cache
def _canonical() -> dict[str, str]:
    """Every canonical zone and the code of its country."""
    return {row[2]: row[0] for row in _table("zone.tab")} | {"UTC": ""}


def _table(name: str) -> list[list[str]]:
    text = (files("tzdata") / "zoneinfo" / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


def _fold(text: str) -> str:
    """Without case, accents, underscores, points and doubled spaces."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[_.]", " ", plain.replace("−", "-").replace("–", "-")).split())
