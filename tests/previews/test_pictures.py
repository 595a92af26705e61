"""Images become pictures that hold nothing but their pixels."""

import io

import pytest
from PIL import Image

from previews.limits import WIDTHS
from previews.parts import Refused, Why
from tests.previews import making
from tests.previews.hearing import tell_here

CANARY = "CANARY-heron-4711"


def opened(body: bytes) -> Image.Image:
    return Image.open(io.BytesIO(body))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_what_an_image_tells_of_itself_does_not_go_along(kind: str) -> None:
    content = making.telling_image(CANARY, kind)
    assert CANARY.encode() in content
    told = tell_here(content)
    for picture in told.pictures:
        assert CANARY.encode() not in picture.body
        image = opened(picture.body)
        assert not image.getexif()
        assert {"exif", "xmp", "icc_profile", "comment"} & set(image.info) == set()
        assert (picture.width, picture.height) == image.size == (200, 400)  # turned the right way up


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "I;16", "I", "F"])
def test_every_kind_of_colour(mode: str) -> None:
    kind = "PNG" if mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16") else "TIFF"
    stream = io.BytesIO()
    Image.new(mode, (50, 40)).save(stream, kind)
    told = tell_here(stream.getvalue())
    assert [(picture.fits, picture.width, picture.height) for picture in told.pictures] == [(w, 50, 40) for w in WIDTHS]


def test_deep_greys_are_neither_black_nor_white() -> None:
    scan = Image.new("I;16", (100, 10))
    scan.putdata([column * 600 for column in range(100)] * 10)
    stream = io.BytesIO()
    scan.save(stream, "PNG")
    shown = opened(tell_here(stream.getvalue()).pictures[0].body).convert("L")
    assert abs(shown.getpixel((50, 5)) - 128) < 20  # type: ignore[operator]


def test_what_is_see_through_lies_on_white() -> None:
    stream = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(stream, "PNG")
    assert opened(tell_here(stream.getvalue()).pictures[0].body).convert("L").getpixel((5, 5)) == 255


def test_large_ones_are_made_smaller_and_tall_ones_not_too_tall() -> None:
    told = tell_here(making.image("JPEG", (4_000, 3_000)))
    assert [(picture.width, picture.height) for picture in told.pictures] == [(1_000, 750), (360, 270)]
    told = tell_here(making.image("PNG", (20, 9_000)))
    assert all(picture.height <= 3_000 for picture in told.pictures)


def test_each_page_of_a_scan() -> None:
    pages = [Image.new("1", (80, 100), colour) for colour in (0, 1, 0)]
    stream = io.BytesIO()
    pages[0].save(stream, "TIFF", save_all=True, append_images=pages[1:])
    told = tell_here(stream.getvalue())
    assert told.facts is not None
    assert told.facts.pages == 3
    assert [picture.page for picture in told.pictures] == [1, 1, 2, 2, 3, 3]


def test_films_of_pictures_show_their_first() -> None:
    frames = [Image.new("P", (30, 30), number) for number in range(5)]
    stream = io.BytesIO()
    frames[0].save(stream, "GIF", save_all=True, append_images=frames[1:])
    assert len(tell_here(stream.getvalue()).pictures) == 2


def test_what_calls_itself_an_image_and_is_none() -> None:
    for content in (b"\x89PNG\r\n\x1a\n" + bytes(100), b"\xff\xd8\xff\xe0" + bytes(100), b"GIF89a" + bytes(3)):
        with pytest.raises(Refused) as refused:
            tell_here(content)
        assert refused.value.why is Why.BROKEN
