"""What stands in the file that somebody may take of what is held about them: part by part, and word by word, for people
who are no technicians. A test compares it with what the file holds."""

from collections.abc import Mapping
from textwrap import fill, indent

PARTS: Mapping[str, str] = {
    "account": "Your account and your profile.",
    "memberships": "Each time you asked to join a network, were invited or belonged to it, the newest first.",
    "sessions": "The browsers in which you are signed in.",
    "tokens": "The access tokens that you made for programs, without their secrets.",
    "watched_threads": "Threads of which you said that you want to hear more, or nothing.",
    "posts": "What you wrote, the oldest first.",
    "earlier_versions": "What your posts said before you edited them.",
    "what_i_have_read": "Which posts you have read, thread by thread.",
    "my_place_in_networks": "How you stand in each network, beside your role.",
    "how_i_came_and_went": "Each step by which you came into a network, got another role there, or left it.",
    "acts_about_me": "What moderators did that concerns you or your posts, and what you said against it.",
    "reports_i_made": "What you reported to moderators, and what came of it.",
    "posts_that_waited": "What you wrote that a moderator was to read first.",
    "limits_that_held_me_back": "When you were asked to wait because you posted a great deal at once.",
    "notifications": "The lines under your bell.",
    "my_photo": "That you show a photo, and how large it is. The photo itself is on your profile.",
    "mails_i_want": "How often you want to be told by e-mail.",
    "what_i_want_to_hear_of_networks": "The same for single networks, where you chose something else for them.",
    "threads_i_wrote_in": "Threads in which you wrote, so that you hear what follows.",
    "threads_i_began": "Threads that you began.",
    "posts_to_me_that_i_have_not_read": "Posts that mention you or answer you, until you have read them.",
    "posts_that_mention_me": "Posts in which somebody mentions you.",
    "read_before_a_thread_moved": "What you had read of threads that have moved to another network since.",
    "invitations_to_me": "Invitations to join a network that were sent to your e-mail address.",
    "mail_that_came_back": "When mail to your address came back, and why.",
    "invitations_i_sent": "Invitations that you sent, without the addresses: those are other people’s.",
    "invitations_kept_for_me": "Lists of people to invite that are kept for you until you can send them.",
    "joining_links_i_made": "Links that you made, by which people may join a network.",
    "access_reviews_about_me": "When administrators looked whether you still need access, and what they decided.",
    "announcements_i_made": "Announcements that you made to a network.",
    "announcements_i_put_away": "Announcements that you have read and put away.",
    "networks_i_read_without_belonging": "When you, as an administrator of the whole site, read a network to which you "
    "do not belong, and why.",
    "documents_i_look_after": "Documents that you look after.",
    "versions_i_shared": "Versions of documents that you shared.",
    "documents_that_were_erased": "Documents that concerned you and were erased for good.",
    "documents_i_work_on": "Documents on which you said that you are working.",
    "documents_i_wait_for": "Documents of which you want to be told when nobody is working on them.",
    "documents_i_opened": "When you first opened a document.",
    "documents_i_read": "Documents of which you said that you have read them.",
    "files_of_my_posts": "Pictures and other files that you brought for posts.",
    "files_on_their_way": "Files of which only a part has come so far.",
    "cards_i_look_after": "Cards of best practice that you look after.",
    "cards_i_wrote": "Cards whose present words are yours.",
    "wordings_of_cards": "What you wrote in cards, each time that you changed one.",
    "cards_i_use": "Cards of which you said that you use them too.",
    "folders_i_made": "Folders for documents that you made.",
    "networks_i_made": "Networks that you created.",
    "organisations_i_added": "Organisations that you added to a network.",
    "pages_of_the_site_i_edited": "Pages about this site that you edited, such as the one about privacy.",
    "links_in_mails_to_me": "Links that we mailed to you, such as for a forgotten password, without their secrets.",
    "what_i_did": "What the logs hold of what you did as a member, moderator or administrator.",
    "what_was_done_about_me": "What the logs hold of what others did that concerns you, without who did it.",
}

_WIDE = 92
_NAMED = "Empty where you can no longer see that"
WORDS: Mapping[str, str] = {
    "id": "A long number by which something is known in this file, such as a post. …_id is that of what it is about.",
    "network_id, thread_id, post_id, document_id, card_id, announcement_id": "Which network, thread, post, document, "
    "card or announcement it is about. Empty for a network: it is about the whole site, or all networks.",
    "network_name, thread_title, document_title, card_title": f"What that is called now. {_NAMED}.",
    "post_number": f"Which post of its thread it is. {_NAMED}.",
    "number": "Which post of a thread, which thread of a network, or which version of a document or card it is: they "
    "are counted from 1.",
    "slug": "The last part of the address of a network or a page.",
    "name, title": "What a network, a person, an organisation, a file, a thread, an announcement or a card is called.",
    "email, address": "An e-mail address.",
    "job_title, organisation, about": "What your profile, or an invitation to you, says of you.",
    "site_administrator": "Whether you look after the whole site.",
    "verified_at": "When you proved that the e-mail address is yours.",
    "at, created_at, updated_at, changed_at": "When it happened, was made, or was last changed. All times are those of "
    "Greenwich (UTC), such as 2026-03-14T09:30:00.000000Z.",
    "last_visit": "The day of your last visit, always written with the time 12:00. Administrators see that day.",
    "role": "member, moderator or administrator.",
    "status": "requested: you asked to join. invited: you were invited. active: you belong to it. refused: you were "
    "not let in. left: you left. removed: you were removed. banned: you were removed and can’t ask again.",
    "since, admitted_by": "Since when you belong to it, and who let you in.",
    "left_at, ended_at": "When you left, or when it ended.",
    "came_by": "How you came in by yourself: invitation, link (a joining link), or open (the network was open to "
    "all). undone: a removal was taken back. Empty: somebody let you in.",
    "words, message, body, note, purpose": "The words that were written with it. For a link in a mail, purpose is what "
    "the link was for.",
    "reason": "Why it was done, as was said then.",
    "may_not_write_until": "Until when a moderator lets you read and not write.",
    "posts_read_first": "How many of your next posts a moderator reads before others do. 0: none. -1: all of them.",
    "posts_waiting": "How many of your posts are waiting for a moderator now.",
    "all_read_up_to": "All posts of the network up to this one count as read by you; they are counted from 1.",
    "number_read": "How many posts of the network count as read by you.",
    "reads_threads_after": "You read only threads that began after so many posts of the network. 0: all of them.",
    "posts_read": "Which posts you have read, from the first number to the second: [[1, 5], [8, 8]] is 1 to 5, and 8.",
    "level": "watch: you hear of everything new. normal: you hear of answers and mentions, and of what you wrote in. "
    "mute: you hear of answers and mentions alone.",
    "mail": "at_once: a mail of its own. bundled: with others in one mail. never: no mail. Empty: as you chose for "
    "all.",
    "mailed_at, sent_at": "When a mail took it.",
    "kind": "What a line is about, or what a moderator did, in short: post.answered is that somebody answered your "
    "post, hide is that a post was hidden.",
    "object_kind, object_id": "What it was about: a post, a thread, a member and so on, and which.",
    "act": "What was done, in short: member.joined is that somebody became a member.",
    "rule": "Which rule it was about: personal_data, patient_data, abuse, off_topic (it does not belong there), wrong, "
    "or other.",
    "until, undone_at": "When it ends by itself, and when it was taken back.",
    "appeal, appealed_at, appeal_decided_at, appeal_outcome, appeal_answer": "What you said against it and when; when "
    "that was decided, and how: upheld (it stays), overturned (it was taken back) or granted (others are to take it "
    "back); and the answer.",
    "why": "newcomer: you were new to the network. person: a moderator wanted to read your posts first.",
    "outcome, answer": "What came of it, and what you were answered. Empty: nothing yet.",
    "decision, decided_at, answered_at, done_at": "What was decided and when, when you answered, and when it was done.",
    "limit_name, on_day, times, last_at": "Which limit it was, on which day, how often, and when for the last time.",
    "reply_to_id": "Which post this one answers.",
    "edited_at, removed_at, removal_reason": "When it was edited, when it was removed, and why.",
    "version": "How often a post was changed, counted from 1.",
    "written_at": "When those words were written.",
    "read_at, opened_at, taken_at, used_at, begun_at": "When you read it, opened it, began to work on it, used it, or "
    "began.",
    "expires_at, ends_at": "When it ends or ended.",
    "reminded_at, bounced_at, bounce": "When you were reminded; when the mail came back, and why.",
    "valid_days": "For how many days an invitation is good.",
    "entries": "The people to invite, as you typed them.",
    "asks, most_uses, use_count": "Whether people who come by the link must be let in, how many may come by it, and "
    "how many came.",
    "erased_at": "When it was erased for good.",
    "size, received": "How large a file is, and how much of it has come: in bytes. A million are a megabyte.",
    "side": "How wide and high the photo is, in dots.",
    "alt": "What a picture shows, as you described it.",
    "review_on": "The day up to which a card is held to be right.",
    "problem, done, place, result, evidence, contact": "What a card says: the problem, what was done, where, what came "
    "of it, what shows it, and whom to ask.",
    "label": "What you called an access token.",
    "user_agent": "Which browser it is, and on what.",
    "seen_at, last_used_at, revoked_at": "When it was last used, and when you ended it.",
}

_TEXT = """\
What {site_name} holds about you
{line}

Beside this text lies one file, "my data.json". It holds everything, in a form that other
programs can take over as well. You can open it with any text editor or browser.
Keep both where only you can read them.

It has these parts, one after the other. A part with nothing in it is empty: [].

{parts}

What the words mean
-------------------

Without quotation marks, null means that there is nothing, true is yes, and false is no.

{words}

What is not in it
-----------------

Passwords and other secrets; who refused or removed you; whom you invited; what others wrote
about you, or whether somebody reported you; and what is kept for a short time only, to send
mail and to notice what comes twice.
"""


def read_me(site_name: str) -> bytes:
    """The text that lies beside the data, as any editor opens it."""
    parts, words = _listed(PARTS), _listed(WORDS)
    title = f"What {site_name} holds about you"
    text = _TEXT.format(site_name=site_name, line="=" * len(title), parts=parts, words=words)
    return text.replace("\n", "\r\n").encode("utf-8-sig")


def _listed(said: Mapping[str, str]) -> str:
    return "\n\n".join(f"{fill(name, _WIDE)}\n{indent(fill(says, _WIDE - 4), '    ')}" for name, says in said.items())
