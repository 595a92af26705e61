"""Pictures lose what a camera wrote into them, and nothing that one sees."""

import io
import struct
import tempfile
import time
from typing import Any

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from forum.files.bare import NotBared, bare

SECRETS = (b"Zebedee", b"Quillfeather Camera", b"51.5007", b"Made on a ward")
EXIF_TAGS = {0x010E: "Zebedee on a ward", 0x010F: "Quillfeather Camera", 0x0112: 6}


def an_exif(turned: int = 6) -> Image.Exif:
    exif = Image.Exif()
    exif.update({**EXIF_TAGS, 0x0112: turned})
    exif.get_ifd(0x8825).update({1: "N", 2: (51.5007, 0.0, 0.0), 3: "W"})
    return exif


def a_photo(kind: str, turned: int = 6, **more: Any) -> bytes:
    image = Image.effect_noise((160, 120), 60).convert("RGB")
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    stream = io.BytesIO()
    image.save(stream, kind, exif=an_exif(turned), icc_profile=profile, **more)
    return stream.getvalue()


def bared(data: bytes, media_type: str) -> bytes:
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as target:
        source.write(data)
        source.flush()
        bare(source, target, media_type)
        target.seek(0)
        return target.read()


def says_nothing(data: bytes) -> None:
    for secret in SECRETS:
        assert secret not in data
    tags = Image.open(io.BytesIO(data)).getexif()
    assert set(tags) <= {0x0112}
    assert not tags.get_ifd(0x8825)


def same_pixels(before: bytes, after: bytes) -> None:
    first, second = Image.open(io.BytesIO(before)), Image.open(io.BytesIO(after))
    assert (first.size, first.mode, first.tobytes()) == (second.size, second.mode, second.tobytes())
    assert first.info.get("icc_profile") == second.info.get("icc_profile")


@pytest.mark.parametrize("more", [{}, {"progressive": True}, {"subsampling": 0, "quality": 95}])
@pytest.mark.parametrize("turned", [1, 6])
def test_a_jpeg(more: dict[str, Any], turned: int) -> None:
    before = a_photo("JPEG", turned, comment=b"Made on a ward", **more) + b"a film that follows: Zebedee"
    after = bared(before, "image/jpeg")
    says_nothing(after)
    same_pixels(before, after)
    assert Image.open(io.BytesIO(after)).getexif().get(0x0112, 1) == turned
    assert bared(after, "image/jpeg") == after


def test_a_jpeg_with_what_other_programs_write() -> None:
    before = a_photo("JPEG")
    xmp = b"http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>Zebedee</x:xmpmeta>"
    parts = {0xE1: xmp, 0xED: b"Photoshop 3.0\x008BIM Zebedee", 0xE2: b"MPF\x00Zebedee", 0xE0: b"JFXX\x00Zebedee"}
    written = b"".join(
        bytes((0xFF, marker)) + struct.pack(">H", len(said) + 2) + said for marker, said in parts.items()
    )
    after = bared(before[:2] + written + before[2:], "image/jpeg")
    says_nothing(after)
    same_pixels(before, after)


def test_a_png_a_webp_and_a_gif() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "Zebedee")
    info.add_itxt("Comment", "Made on a ward")
    for kind, more in (("PNG", {"pnginfo": info}), ("WEBP", {"lossless": True, "xmp": b"<x>Zebedee</x>"})):
        before = a_photo(kind, **more)
        after = bared(before, f"image/{kind.lower()}")
        says_nothing(after)
        same_pixels(before, after)
        assert Image.open(io.BytesIO(after)).getexif()[0x0112] == 6
        assert bared(after, f"image/{kind.lower()}") == after
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("teal", "gold", "navy")]
    stream = io.BytesIO()
    frames[0].save(stream, "GIF", save_all=True, append_images=frames[1:], loop=0, comment=b"Zebedee")
    after = bared(stream.getvalue() + b"Zebedee", "image/gif")
    says_nothing(after)
    moving = Image.open(io.BytesIO(after))
    assert (getattr(moving, "n_frames", 1), moving.info["loop"]) == (3, 0)


def test_a_plain_picture_stays_byte_for_byte() -> None:
    for kind in ("PNG", "WEBP", "GIF", "BMP"):
        stream = io.BytesIO()
        Image.new("RGB", (30, 20), "teal").save(stream, kind)
        assert bared(stream.getvalue(), f"image/{kind.lower()}") == stream.getvalue()


@pytest.mark.parametrize("media_type", ["image/jpeg", "image/png", "image/webp", "image/gif", "image/tiff"])
def test_what_is_not_built_as_it_should_be_is_refused(media_type: str) -> None:
    whole = {
        "image/jpeg": a_photo("JPEG")[:300],
        "image/png": a_photo("PNG")[:300],
        "image/webp": b"RIFF\x10\x00\x00\x00WEBPEXIF\xff\xff\xff\xff",
        "image/gif": b"GIF89a" + b"\x01" * 7 + b"\x07",
        "image/tiff": b"II*\x00",
    }[media_type]
    for data in (whole, whole[:9], whole[:1]):
        with pytest.raises(NotBared):
            bared(data, media_type)


def test_a_large_jpeg_is_looked_through_in_parts() -> None:
    stream = io.BytesIO()
    Image.effect_noise((1_600, 1_500), 90).save(stream, "JPEG", quality=97, progressive=True, exif=an_exif())
    before = stream.getvalue()
    assert len(before) > 2_000_000
    after = bared(before + b"Zebedee", "image/jpeg")
    says_nothing(after)
    same_pixels(before, after)


@pytest.mark.parametrize("ending", [b"\x00", b"\xd9", b""])
def test_a_jpeg_of_filling_alone_takes_no_time(ending: bytes) -> None:
    """Bytes that might begin a marker and go on for ever: looked at once each."""
    photo = a_photo("JPEG", 1)
    begins = photo.index(b"\xff\xda")
    header = photo[: begins + 2 + struct.unpack_from(">H", photo, begins + 2)[0]]
    began = time.process_time()
    after = bared(header + b"\x01" + b"\xff" * 8_000_000 + ending, "image/jpeg")
    assert time.process_time() - began < 5
    says_nothing(after)
