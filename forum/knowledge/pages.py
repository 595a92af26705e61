"""The pages of what a network has found to work."""

from starlette.routing import BaseRoute

from forum.addresses import get, post
from forum.knowledge import acting_pages, card_pages, list_pages, writing_pages

_KNOWLEDGE, _CARD = "/networks/{slug:slug}/knowledge", "/cards/{card_id:id}"
ROUTES: list[BaseRoute] = [
    get(_KNOWLEDGE, list_pages.show_knowledge),
    post(_KNOWLEDGE, writing_pages.create_card),
    get(f"{_KNOWLEDGE}/new", writing_pages.new_card),
    get(_CARD, card_pages.show_card),
    get(f"{_CARD}/edit", writing_pages.edit_card),
    post(f"{_CARD}/edit", writing_pages.update_card),
    get(f"{_CARD}/wordings/{{number:int}}", card_pages.show_wording),
    post(f"{_CARD}/confirmation", acting_pages.confirm),
    post(f"{_CARD}/clearance", acting_pages.clear),
    get(f"{_CARD}/removal", acting_pages.new_removal),
    post(f"{_CARD}/removal", acting_pages.remove),
    post(f"{_CARD}/restoration", acting_pages.restore),
    post(f"{_CARD}/uses", acting_pages.say),
    post(f"{_CARD}/uses/{{use_id:id}}/end", acting_pages.end),
]
