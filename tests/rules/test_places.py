"""Distances and communes."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from counter.places import communes, distance_km, site_names, within

LYON, PARIS, MARSEILLE = (45.764, 4.8357), (48.8566, 2.3522), (43.2965, 5.3698)


@dataclass
class Place:
    id: int
    city: str
    latitude: float | None = None
    longitude: float | None = None


PLACES = [
    Place(1, "Lyon", 45.76, 4.85),
    Place(2, "Lyon", 45.78, 4.81),
    Place(3, "Tarare", 45.90, 4.43),
    Place(4, "Nulle-Part"),
    Place(5, "Chaumont", 48.11, 5.14),
]


@pytest.mark.parametrize(("one", "other", "km"), [(LYON, PARIS, 392), (PARIS, MARSEILLE, 661), (LYON, LYON, 0)])
def test_distances_between_known_towns(one, other, km):
    """As the crow flies, from the usual tables: 392 km and 661 km."""
    assert distance_km(one, other) == pytest.approx(km, abs=2)
    assert distance_km(one, other) == distance_km(other, one)


def test_the_other_side_of_the_earth_is_half_way_round():
    assert distance_km((0, 0), (0, 180)) == pytest.approx(20015, abs=1)


def test_the_communes_are_those_whose_coordinates_are_known():
    found = communes(PLACES)
    assert list(found) == ["Chaumont", "Lyon", "Tarare"]
    assert found["Lyon"] == pytest.approx((45.77, 4.83))


def test_near_places_come_nearest_first_and_unknown_ones_not_at_all():
    centre = communes(PLACES)["Lyon"]
    assert list(within(PLACES, centre, 50)) in ([1, 2, 3], [2, 1, 3])
    assert set(within(PLACES, centre, 20)) == {1, 2}
    assert within(PLACES, centre, 50)[3] == pytest.approx(34, abs=2)


@dataclass
class Called:
    id: int
    short_name: str
    city: str = "Lyon"
    street: str = "1 rue Haute"

    @property
    def address(self) -> str:
        return f"{self.street}, {self.city}"


def test_places_of_the_same_name_are_told_apart_by_what_differs():
    names = site_names([Called(1, "Mairie"), Called(2, "Annexe"), Called(3, "mairie", "Tarare")])
    assert names == {1: "Mairie, Lyon", 2: "Annexe", 3: "mairie, Tarare"}
    one, other, third = Called(1, "Mairie"), Called(2, "Mairie", street="2 rue Basse"), Called(3, "Mairie", "Givors")
    names = site_names([one, other, third])
    assert names == {1: "Mairie, 1 rue Haute, Lyon", 2: "Mairie, 2 rue Basse, Lyon", 3: "Mairie, Givors"}
    assert list(site_names([Called(1, "Mairie"), Called(2, "Mairie")]).values()) == ["Mairie (1)", "Mairie (2)"]
