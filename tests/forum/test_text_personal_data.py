"""What is taken for data about a person, and what is not; and that no text takes long."""

import time
from datetime import date

import pytest

from forum.text.personal_data import find_personal_data, nhs_numbers

TODAY = date(2026, 11, 28)

NHS = (
    "943 476 5919",
    "9434765919",
    "943-476-5919",
    "943\u00a0476\u00a05919",
    "401 023 2137",
    "94347 65919",
    "943.476.5919",
    "943\u200b476\u200b5919",
    "94347\u00ad65919",
    "943 476\n5919",
    "943\n476 5919",
    "> 943 476\n> 5919",
    "943 **476** 5919",
    "943**476**5919",
    "**NHS 943 476** 5919",
    "943 *476* 5919",
    "_943_ 476 5919",
)
CARDS = (
    "4111 1111 1111 1111",
    "4111111111111111",
    "5500-0000-0000-0004",
    "3400 000000 00009",
    "30000000000004",
    "6011000000000004",
    "4222222222222",
    "4111.1111.1111.1111",
    "3400.000000.00009",
)
BIRTHS = (
    "Patient Mary Smith, DOB 03/03/1961",
    "I saw Mary Smith, born 3 March 1961",
    "Is Mary Smith (born 3 March 1961) known to you?",
    "SMITH, Mary, dob 3/3/61",
    "Mary Smith, DoB 3 Mar 61",
    "Mary Smith 3-Mar-1961",
    "Mary Smith, DOB 1961/03/03",
    "Mary Smith, DOB 03/04/1951, came in on Monday.",
    "DOB: 3.4.1951 Mary Smith",
    "Mary Smith (03/04/1951) was moved.",
    "Mary Smith 1951-04-03",
    "Mrs Mary Smith was born on 3 April 1951.",
    "Mary Smith, date of birth 3rd of April 1951",
    "Seán Ó'Brien, born April 3, 2019",
    "Zoë Ångström dob 3/4/51",
    "Jane Doe, 78, DOB 12 Mar 48",
    "Jane Doe, 78, DOB: 12th March ’48",
    "Mr Doe, b. 12/3/48",
    "Mr Doe, 78 (b. 12 Mar 48)",
    "Jane Doe, 78, b. 12th of March 48",
    "Jane Doe, 78, born on the 12th of March 48",
    "Patient J.D. 12th March 1948",
    "Mrs D, dob 12/03/1948",
    "Patient J. D., 12 March 1948",
)
HARMLESS = (
    "Mary Smith, 3 March 10.30 am",
    "",
    "Call 020 7946 0958 or 07700 900123.",
    "943 476 5918",  # the check digit does not hold
    "0000000000",
    "1234567890123456",
    "4111 1111 1111 1112",
    "978 0 306 40615 7",  # a book
    "https://example.org/9434765919",
    "order=9434765919 and #9434765919",
    "x9434765919 and 9434765919x",
    "9434765919.5",
    "943.476.5918",
    "943.476.5919.1",
    "1.943.476.5919",
    "94.34.76.59.19",  # no groups of such a number
    "Version 4111.1111.1111.1112",
    "The board met on 3 April 2019 in Leeds.",
    "Minutes of Mary Smith, 3 November 2026",  # of late, and nothing says birth
    "Mary Smith joined us on 3 April 1999.",
    "DOB 03/04/1951",  # nobody's
    "Mary Smith, DOB 31/02/1951",
    "Mary Smith, DOB 03/04/2051",
    "mary smith dob 03/04/1951",
    "On Monday March 3, 1997",
    "the meeting of 12 March 2026 with Jane Doe",
    "We met on 12th March 1998 with Jane Doe.",
    "Jane Doe and option b. 12 wards, from 12 March 48 hours long",
    "Jane Doe wrote in part b on 12/3/48",
    "Patient A 12 March 2026",
    "Ward D, 12th March 1998",
    "0192f3c4-1111-7000-8000-943476591900",
)


@pytest.mark.parametrize("text", NHS)
def test_an_nhs_number(text: str) -> None:
    assert find_personal_data(f"The patient {text} asks.", TODAY) == ("nhs_number",)


@pytest.mark.parametrize("text", CARDS)
def test_a_card_number(text: str) -> None:
    assert "card_number" in find_personal_data(f"Pay with {text}, please.", TODAY)


@pytest.mark.parametrize("text", BIRTHS)
def test_a_date_of_birth_beside_a_name(text: str) -> None:
    assert find_personal_data(text, TODAY) == ("birth_date",)


@pytest.mark.parametrize("text", HARMLESS)
def test_nothing_is_said_of_what_is_something_else(text: str) -> None:
    assert find_personal_data(text, TODAY) == ()


def test_beside_other_numbers_and_each_kind_once() -> None:
    text = "943 476 5919 07700 900123 and 401 023 2137; Mary Smith (3/4/1951) pays with 4111 1111 1111 1111."
    assert find_personal_data(text, TODAY) == ("nhs_number", "card_number", "birth_date")


@pytest.mark.parametrize("text", ["3782 822463 10005", "3782-822463-10005", "3000 000000 0418", "3056 000025 9298"])
def test_a_part_of_a_card_number_is_no_nhs_number(text: str) -> None:
    assert find_personal_data(f"Amex {text}", TODAY) == ("card_number",)
    assert nhs_numbers(text) == set()


def test_an_nhs_number_beside_a_card_number_is_found() -> None:
    assert find_personal_data("943 476 5919 and 3782 822463 10005", TODAY) == ("nhs_number", "card_number")
    assert nhs_numbers("3782 822463 10006") == {"3782822463"}  # no card: the last digit does not follow


def test_digits_of_other_scripts_count() -> None:
    assert find_personal_data("٩٤٣ ٤٧٦ ٥٩١٩", TODAY) == ("nhs_number",)


@pytest.mark.parametrize(
    "part",
    [
        "1",
        "1 ",
        "11 ",
        "9-",
        "Ab ",
        "A. ",
        "3/4/1951 ",
        "Mary Smith ",
        "3 April ",
        "dob ",
        "(((",
        "1.",
        "111.",
        "1111.",
        "Mary'’-",
        "b. ",
        "Patient J.D. ",
        "Mr A B ",
        "3782 822463 10005 ",
    ],
)
def test_the_time_grows_with_the_length_alone(part: str) -> None:
    def seconds(length: int) -> float:
        text = (part * (length // len(part) + 1))[:length]
        began = time.process_time()
        find_personal_data(text, TODAY)
        return time.process_time() - began

    # The longest post has 50,000 characters.
    assert seconds(50_000) < 1.0
    assert seconds(100_000) < 6 * max(seconds(50_000), 0.01)
