"""What people write: cleaned, laid out as safe HTML, quoted and cut short. No database and no I/O."""

from forum.text.cleaning import LEFT_OUT, MAX_BODY, clean_body, clean_line, leaves_out, tidy
from forum.text.erasing import ERASED, Quoted, has_quotes, mentioned_in, repeats, shares_words
from forum.text.excerpts import ONLY_FILES, escape_markdown, excerpt, link_quotes, plain_words, quote
from forum.text.letters import plain_text_html
from forum.text.markdown import find_mentions, render_markdown
from forum.text.mentions import mention_key
from forum.text.naming import mentioned_ids, name_mark, quoted_numbers, rename_mentions, rename_quotes
from forum.text.personal_data import PersonalData, find_personal_data
from forum.text.repeating import Said
from forum.text.sanitising import sanitise, well_formed

__all__ = [
    "ERASED",
    "LEFT_OUT",
    "MAX_BODY",
    "ONLY_FILES",
    "PersonalData",
    "Quoted",
    "Said",
    "clean_body",
    "clean_line",
    "escape_markdown",
    "excerpt",
    "find_mentions",
    "find_personal_data",
    "has_quotes",
    "leaves_out",
    "link_quotes",
    "mention_key",
    "mentioned_ids",
    "mentioned_in",
    "name_mark",
    "plain_text_html",
    "plain_words",
    "quote",
    "quoted_numbers",
    "rename_mentions",
    "rename_quotes",
    "render_markdown",
    "repeats",
    "sanitise",
    "shares_words",
    "tidy",
    "well_formed",
]
