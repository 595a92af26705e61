"""A person's photo is made anew, and seen by who may see what they wrote about themselves; it goes when they say so."""

import io

from PIL import Image

from tests.forum.threads.village import Village, Villager


def a_photo() -> bytes:
    """A picture that is not square, with where it was taken."""
    image = Image.new("RGB", (640, 480), (200, 120, 40))
    exif = image.getexif()
    exif[0x010E] = "Ward 7, taken at home"
    stream = io.BytesIO()
    image.save(stream, "JPEG", exif=exif)
    return stream.getvalue()


async def bring(village: Village, person: Villager, data: bytes, name: str = "me.jpg") -> str:
    """Send it by the form; the page that answers."""
    answer = await village.browser(person).post("/settings/photo", files={"file": (name, data)}, follow_redirects=True)
    return answer.text


async def test_a_photo_is_seen_by_who_may_see_the_profile(village: Village) -> None:
    olu, amara, gareth, maeve = await village.people("Olu", "Amara", "Gareth", "Maeve")
    place = await village.network(olu, [amara, gareth])
    path, asked = f"/people/{gareth.id}/photo/96", f"/people/photos?id={gareth.id}&id={amara.id}&id=nobody"
    assert (await village.browser(amara).get(path)).status_code == 404
    assert "Your photo is shown beside your words now." in await bring(village, gareth, a_photo())
    for side in (96, 400):
        seen = await village.browser(amara).get(f"/people/{gareth.id}/photo/{side}")
        assert (seen.headers["content-type"], seen.headers["cache-control"]) == ("image/webp", "private, no-store")
        square = Image.open(io.BytesIO(seen.content))
        assert (square.size, dict(square.getexif()), b"Ward 7" in seen.content) == ((side, side), {}, False)
    assert (await village.browser(amara).get(asked)).json() == {"ids": [gareth.id]}
    assert f'data-person="{gareth.id}"' in (await village.browser(amara).get(f"/networks/{place.slug}/members")).text
    # Who meets them nowhere, who is signed out, and who is no longer there.
    await village.remove(place.id, amara)
    for other in (maeve, None, amara):
        assert (await village.browser(other).get(path)).status_code == 404
        assert (await village.browser(other).get(asked)).json()["ids"] == []
    assert (await village.browser(gareth).get(f"/people/{gareth.id}/photo/{2**70}")).status_code == 404

    for data, name, words in (
        (b"%PDF-1.7", "me.jpg", "This is no picture that can be shown."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "me.svg", "This is no picture that can be shown."),
        (a_photo()[:300], "me.jpg", "Choose another picture."),
    ):
        assert words in await bring(village, gareth, data, name)
    assert (await village.browser(gareth).get(path)).status_code == 200
    away = await village.browser(gareth).post("/settings/photo", files={"act": (None, "remove")})
    assert away.status_code == 303
    assert (await village.browser(gareth).get(path)).status_code == 404


async def test_an_open_network_shows_no_photo_to_the_signed_out(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth], access="open")
    await village.thread(gareth, place)
    await bring(village, gareth, a_photo())
    (maeve,) = await village.people("Maeve")
    path = f"/people/{gareth.id}/photo/96"
    assert (await village.browser(maeve).get(path)).status_code == 200
    assert (await village.browser(None).get(path)).status_code == 404
    assert (await village.browser(None).get(f"/people/{gareth.id}")).status_code == 200
