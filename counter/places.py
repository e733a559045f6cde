"""Where places are: communes and the distances between them, as the crow flies; and how they are named."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from math import asin, cos, radians, sin, sqrt
from typing import Protocol

from counter.search import plain

EARTH_KM = 6371.0
Point = tuple[float, float]


class Located(Protocol):
    """A place; its coordinates are degrees, or unknown."""

    id: int
    city: str
    latitude: float | None
    longitude: float | None


class Named(Protocol):
    """A place as it is called on buttons."""

    id: int
    short_name: str
    city: str
    address: str


def alike(text: str) -> str:
    """The words of a name or an address as they are compared: no accents, capitals or signs."""
    return " ".join(re.findall(r"[^\W_]+", plain(text)))


def site_names(sites: Iterable[Named]) -> dict[int, str]:
    """Site -> its short name; with its city, or else its address, where another has the same name."""
    sites, names = list(sites), {}
    ways = ("{0.short_name}", "{0.short_name}, {0.city}", "{0.short_name}, {0.address}", "{0.short_name} ({0.id})")
    for way in ways:
        told = {site.id: way.format(site) for site in sites if site.id not in names}
        shared = Counter(map(alike, told.values()))
        names |= {number: name for number, name in told.items() if shared[alike(name)] == 1}
    return {site.id: names[site.id] for site in sites}  # in their order


def distance_km(one: Point, other: Point) -> float:
    """Kilometres between two (latitude, longitude), as the crow flies."""
    (north, east), (north_2, east_2) = (tuple(map(radians, point)) for point in (one, other))
    half = sin((north_2 - north) / 2) ** 2 + cos(north) * cos(north_2) * sin((east_2 - east) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))


def communes(places: Iterable[Located]) -> dict[str, Point]:
    """The communes that have a place whose coordinates are known, by name; each stands amid its places."""
    found: dict[str, list[Point]] = defaultdict(list)
    for place in places:
        if place.latitude is not None and place.longitude is not None:
            found[place.city].append((place.latitude, place.longitude))
    return {
        name: (sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points))
        for name, points in sorted(found.items())
    }


def within(places: Iterable[Located], centre: Point, km: float) -> dict[int, int]:
    """Place -> whole kilometres from the centre, the nearest first, of those at most `km` away. One whose coordinates
    are unknown is left out: nobody can say it is near."""
    found = {
        place.id: distance_km(centre, (place.latitude, place.longitude))
        for place in places
        if place.latitude is not None and place.longitude is not None
    }
    return {place: round(far) for place, far in sorted(found.items(), key=lambda item: item[1]) if far <= km}
