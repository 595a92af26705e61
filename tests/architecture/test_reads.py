"""What people wrote is read through one door: only a few kinds of module speak SQL to the tables that hold it.

Whether such a module asks as its reader is what the two-world test proves; here it is enough that
nobody else can forget to.
"""

import ast
import re
from pathlib import PurePosixPath

from forum import tables
from tests.architecture.sources import select, tree

OPEN_TO_ALL = {"site", "site_pages", "requests"}
CONTENT = frozenset(tables.metadata.tables) - OPEN_TO_ALL
SPEAKERS = {
    "tables": "defines them",
    "policy": "says who sees what, as SQL",
    "viewer": "loads the roles that a person holds",
    "hearing": "asks who hears a stream now, in the words of policy",
    "queries": "reads as a viewer",
    "commands": "the only writers",
    "worker": "follows events, and asks for rights again",
    "network_reads": "finds a network as a viewer, for every slice",
    "membership": "begins and ends memberships, for every slice",
    "resuming": "counts what is read in a membership whose end was undone, for every slice",
    "visits": "notes on which day a member was in a network",
    "parting": "marks who came while a network was open, for every slice",
    "holdings": "lists and hands on what somebody holds, for every slice",
    "entering": "holds the place of who changes something, for every slice",
    "freeing": "tells who waited that nobody works on a document, for every slice",
    "invitations": "turns invitations by address into memberships",
    "offers": "says how long a place that is offered stands, as SQL",
    "calling": "calls administrators when somebody asks to join",
    "bounces": "notes at which addresses mail does not arrive",
    "filing": "keeps and counts files, for every slice",
    "attaching": "lets posts carry files, for every slice",
    "bringing": "takes in files for posts, for every slice",
    "baring": "cuts pictures of posts of what a camera wrote into them",
    "audit": "writes down what was done, for every slice",
    "audit_heads": "takes down where each chain of that stands",
    "acts": "does what moderators do, for every slice",
    "telling": "tells people something, for every slice",
    "unindexing": "takes words out of what is searched, for every slice",
}
KINDS = ("queries", "commands")
SLICES_THAT_SPEAK = {"search", "imports", "migrations"}
_SQL = re.compile(rf"\b(?:FROM|JOIN|INTO|UPDATE|TABLE)\s+\"?(?:{'|'.join(sorted(CONTENT))})\b")


def may_speak(path: PurePosixPath) -> bool:
    """Whether it is one of these modules, or a part of a large one: `member_queries` beside `queries`."""
    named = {path.stem, *path.parts} & (SPEAKERS.keys() | SLICES_THAT_SPEAK)
    return path.stem.rpartition("_")[2] in KINDS or bool(named)


def reaches(module: ast.Module) -> list[str]:
    """How this module gets at the content: by a table's name from anywhere, the tables whole, or SQL in a string."""
    found = []
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom):
            taken = {alias.name for alias in node.names}
            if node.module == "forum.tables":
                found += [f"{node.lineno}: {name}" for name in taken & (CONTENT | {"metadata", "*"})]
            elif re.split(r"[._]", node.module or "")[-1] in SPEAKERS and taken & CONTENT:
                found.append(f"{node.lineno}: {node.module}")
            elif node.module == "forum" and "tables" in taken:
                found.append(f"{node.lineno}: forum.tables")
        elif isinstance(node, ast.Import):
            found += [f"{node.lineno}: {alias.name}" for alias in node.names if alias.name == "forum.tables"]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _SQL.search(node.value):
            found.append(f"{node.lineno}: SQL")
    return found


def test_only_speakers_reach_the_content() -> None:
    reached = {str(path): reaches(tree(path)) for path in select(".py", under=("forum",)) if not may_speak(path)}
    assert {path: found for path, found in reached.items() if found} == {}


def test_stones_do_not_know_the_content() -> None:
    found = {str(path): reaches(tree(path)) for path in select(".py", under=("ground", "realtime", "auth", "previews"))}
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_other_ways_in_would_be_found() -> None:
    for source in (
        "from forum.tables import site, posts",
        "from forum import tables",
        "import forum.tables as data",
        "from forum.threads.queries import posts",
        'statement = text("SELECT body FROM posts WHERE id = 1")',
    ):
        assert reaches(ast.parse(source)), source
    for source in ("from forum.tables import site", "from forum.threads.queries import list_posts", "x = 'FROM POSTS'"):
        assert not reaches(ast.parse(source)), source


def test_content_is_what_we_think() -> None:
    """A new table counts as content unless it is named above."""
    assert {"networks", "memberships", "threads", "posts", "post_versions"} <= CONTENT
    assert set(tables.metadata.tables) >= OPEN_TO_ALL
