"""The words that the pages asked for by the law have until an administrator of the site writes better ones."""

TITLES = {
    "accessibility": "Accessibility statement",
    "privacy": "Privacy, and where data are kept",
    "contact": "Contact",
}

WORDS = {
    "accessibility": """\
We want everybody to be able to use this site: with a keyboard alone, with a screen reader, with large letters, on a \
small screen, and with scripts switched off.

## How accessible it is

The software is built to meet the Web Content Accessibility Guidelines 2.2 at level AA. Its pages are tested with an \
automatic checker each time it changes. We do not know of a page that fails.

## What you can do

- Enlarge the text up to 400%: nothing is cut off.
- Go through each page with the keyboard: the first stop is a link past the menus.
- Set your device to dark or light: the pages follow.

## Tell us

If something is hard to use, tell the people named on the [contact page](/about/contact). They answer within ten \
working days. If you are not happy with the answer, the Equality Advisory and Support Service can help.
""",
    "privacy": """\
## What is kept about you

- Your name, e-mail address, role and organisation, the lines you wrote about yourself, and your photo if you show \
one: a square that is made anew, without where and when it was taken.
- What you write: threads, posts and their earlier versions. When a post is removed its words are shown to nobody any \
more, but they stay in the database.
- Which networks you belong to, since when, and who admitted you; and once you asked, left or were removed, when, by \
whom and why.
- The day of your last visit to each of your networks. Its administrators see that day, and nothing finer is kept.
- Which posts you have read, so that we can show you what is new. Nobody else sees this. But while you have a thread \
open, its other members see your name under "Reading now", and that you are writing.
- When each browser you are signed in with was last used.
- The API tokens that you make: their names, when they were last used and when they end. Of the token itself only a \
fingerprint is kept. Who has a token can read and write here as you.
- The e-mail addresses of people who are invited to a network, who invited them and when.

Archives of mailing lists can be brought in here. Who wrote in one has an account with the name and address that stand \
in the archive, also without having registered. Nobody can sign in with it before its owner takes it over, by \
registering with that address. What comes from an archive says so beside its time.

There are no advertisements, no trackers and nothing from other companies on these pages. There are five cookies, \
each for this site alone; with https the names of the first three begin with `__Host-`.

- `confer` keeps you signed in, and goes when you sign out.
- `confer-browser` marks a browser in which you signed in, so that somebody who guesses at your password elsewhere \
can't slow you down there. It stays for six months, also when you sign out, and does not let anybody in.
- `confer-registered` marks for half a day the browser in which you registered, so that confirming your address there \
needs no password again, with the name that you typed. It goes when you confirm, and does not let anybody in.
- `notice` holds for a minute what is said once, such as "You are signed out".
- `next` remembers for three days which page you wanted when you registered.

Drafts, which are what you write and have not sent yet, are kept in your browser and not here, until you send them, \
discard them or sign out, and for two weeks at most. Where you were signed out from elsewhere, your own words stay in \
that browser until then, without the names of threads and people. You find them when you sign in there again, and they \
go when somebody else does.

## Who can see what

Each network says who can see it, beside its name. An open network can be read by anybody, also without an account, \
and search engines may list it. What a closed network holds is shown to its members and to nobody \
else; the administrators of the site see its name, its purpose, about how large it is and how it is set up, and not \
its content.

Beside its members a network has moderators and administrators. Both see who asks to join it, with the words that \
they write, and who was refused, has left or was removed, with the reason that was given. Its administrators also see \
the e-mail addresses of people who are invited and have not answered. When you close your account, your words and \
those reasons are deleted.

## Where it is kept

In the database of the organisation that runs this site. Ask the people on the [contact page](/about/contact) where \
that is and how long it is kept.

## Your rights

You can download [what is held about you](/settings/data), correct [your profile](/settings/profile), and \
[close your account](/settings/close) at any time.

When you close it, what you wrote stays: under your name, or under "Former member" if you choose that. Your name then \
goes from above quotes of your posts and from where you were mentioned, too, within some minutes. It stays where \
people typed it themselves: in their own words, on cards, and in e-mails brought in from an archive.
""",
    "contact": """\
This site is run by its administrators, who have not written down yet how to reach them. If you are one of them: sign \
in and press "Edit this page".

For a question about one network, ask its administrators. They are named on the network's own page.
""",
}
