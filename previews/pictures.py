"""Pictures of pages and of images: made smaller, on white, and nothing in them but their pixels."""

import io
import warnings
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

from previews.limits import PHOTO_SIDES, TALLEST, WIDTHS, Limits
from previews.parts import Picture, Refused, Why
from previews.telling import Teller

FORMATS = ("BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP")
Image.MAX_IMAGE_PIXELS = None  # counted here, before anything is unpacked
_QUALITY = 80
_EFFORT = 2
_ERRORS = (UnidentifiedImageError, OSError, SyntaxError, ValueError, KeyError, IndexError, TypeError, EOFError)
"""What pillow raises at images that are damaged."""


def load_readers() -> None:
    """Have pillow's readers at hand before no file can be opened any more."""
    Image.init()


def tell_image(file: BinaryIO, limits: Limits, teller: Teller) -> None:
    """Says an image as pictures; each page of a TIFF."""
    image = open_image(file, limits)
    frames = min(getattr(image, "n_frames", 1), 100_000) if image.format == "TIFF" else 1
    said = False
    for number in range(1, min(frames, limits.pages_drawn) + 1):
        try:
            image.seek(number - 1)
            _check_size(image, limits)
            whole = flatten(image)
        except _ERRORS as error:
            if said:
                teller.cut(Why.NOT_ALL)
                return
            raise Refused(Why.BROKEN) from error
        if not said:
            teller.facts("image", frames)
            said = True
        teller.page(number, "", "")
        tell_picture(teller, number, whole)
    if frames > limits.pages_drawn:
        teller.cut(Why.MORE_PAGES)


def tell_photo(file: BinaryIO, limits: Limits, teller: Teller) -> None:
    """Says the middle of a photo as squares."""
    image = open_image(file, limits)
    try:
        whole = flatten(image)
    except _ERRORS as error:
        raise Refused(Why.BROKEN) from error
    teller.facts("image", 1)
    for side in PHOTO_SIDES:
        square = ImageOps.fit(whole, (side, side), Image.Resampling.LANCZOS)
        teller.say(Picture(1, side, side, side, _write(square)))


def open_image(file: BinaryIO, limits: Limits) -> Image.Image:
    """The image, not yet unpacked. Raises Refused."""
    file.seek(0)
    warnings.simplefilter("ignore")
    try:
        image = Image.open(file, formats=FORMATS)
    except _ERRORS as error:
        raise Refused(Why.BROKEN) from error
    _check_size(image, limits)
    return image


def _check_size(image: Image.Image, limits: Limits) -> None:
    if image.width * image.height > limits.pixels:
        raise Refused(Why.TOO_MANY_PIXELS)


def flatten(image: Image.Image) -> Image.Image:
    """The image in plain colours, the right way up, on white, no larger than is needed."""
    most = (max(WIDTHS) * 2, TALLEST)
    image.draft("RGB", most)
    image.load()
    turned = image.getexif().get(0x0112, 1)
    if image.mode.startswith(("I;16", "I", "F")):
        image = _to_grey(image)
    elif image.mode in ("P", "PA", "LA", "La", "RGBa"):
        image = image.convert("RGBA")
    elif image.mode == "1":
        image = image.convert("L")
    elif image.mode not in ("L", "RGB", "RGBA"):
        image = image.convert("RGB")
    small = image.copy() if image.width * image.height < 1_000_000 else image
    small.thumbnail(most, Image.Resampling.LANCZOS, reducing_gap=2.0)
    if turned in _TURNS:
        small = small.transpose(_TURNS[turned])
    plain = Image.new("RGB", small.size, "white")
    plain.paste(small, mask=small.getchannel("A") if small.mode == "RGBA" else None)
    return plain


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How a camera was held, by what EXIF says."""


def _to_grey(image: Image.Image) -> Image.Image:
    """Deep greys, as scanners make them, from the darkest to the lightest that is there."""
    wide = image.convert("F")
    low, high = wide.getextrema()
    scale = 255.0 / (float(high) - float(low) or 1.0)  # type: ignore[arg-type]
    return wide.point(lambda value: value * scale - float(low) * scale).convert("L")  # type: ignore[arg-type]


def tell_picture(teller: Teller, page: int, whole: Image.Image) -> None:
    """Says one page in each width."""
    for fits in WIDTHS:
        width = min(fits, whole.width)
        height = max(1, min(TALLEST, round(whole.height * width / whole.width)))
        size = (width, height)
        small = whole if whole.size == size else whole.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
        teller.say(Picture(page, fits, width, height, _write(small)))


def _write(image: Image.Image) -> bytes:
    """WebP; of what an image carries besides its pixels nothing goes along."""
    plain = Image.new("RGB", image.size)
    plain.paste(image)
    stream = io.BytesIO()
    plain.save(stream, "WEBP", quality=_QUALITY, method=_EFFORT)
    return stream.getvalue()
