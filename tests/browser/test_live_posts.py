"""What one writes, edits and removes appears at once on the other's screen."""

from playwright.async_api import expect

from tests.browser.scene import Scene, post, say


async def test_a_post_appears_on_the_other_screen(scene: Scene) -> None:
    amara, gareth, _ = scene.people
    ours, theirs = await scene.open(amara), await scene.open(gareth)
    await say(ours, "It is the switchboard at night.")
    await expect(post(theirs, 2)).to_contain_text("It is the switchboard at night.")
    await say(theirs, "Thank you, that helps.")
    await expect(post(ours, 3)).to_contain_text("Thank you, that helps.")
