"""Grids of numbers as pictures: every number has its cell, and what is out of range stays in the picture."""

from xml.etree import ElementTree

from common.svg_grids import confusion, shades

SVG = "{http://www.w3.org/2000/svg}"


def cells(svg: str) -> list[ElementTree.Element]:
    return ElementTree.fromstring(svg).findall(f"{SVG}rect")


def test_kernel_has_a_cell_a_number_as_dark_as_the_number() -> None:
    found = cells(shades([[1.0, 0.25], [0.25, 1.0]]))[1:]

    assert [float(cell.get("opacity", "")) for cell in found] == [1.0, 0.25, 0.25, 1.0]
    assert {(cell.get("x"), cell.get("y")) for cell in found} == {
        ("0.00", "0.00"),
        ("112.00", "0.00"),
        ("0.00", "112.00"),
        ("112.00", "112.00"),
    }


def test_numbers_beyond_their_range_are_as_dark_as_its_ends() -> None:
    assert [cell.get("opacity") for cell in cells(shades([[1.4, -3]]))[1:]] == ["1.000", "0.000"]


def test_no_rows_are_an_empty_square() -> None:
    assert len(cells(shades([]))) == 1


def test_matrix_counts_stand_where_truth_and_word_meet_and_wrong_ones_are_in_red() -> None:
    drawn = ElementTree.fromstring(confusion((40, 2, 7, 65)))
    words = [text.text for text in drawn.findall(f"{SVG}text")]
    tones = [cell.get("class") for cell in drawn.findall(f"{SVG}rect")]

    assert words[:4] == ["40", "2", "7", "65"]
    assert tones == ["r", "a", "r", "b", "r", "b", "r", "a"]


def test_matrix_without_rows_is_drawn_all_the_same() -> None:
    assert confusion((0, 0, 0, 0)).startswith("<svg")
