"""Joined scripts do what they do as modules; what cannot be joined is refused with a sentence."""

import shutil
import subprocess
from pathlib import Path

import pytest

from forum.joining_scripts import join_scripts, list_scripts, with_addresses

STATIC = Path(__file__).parents[2] / "static"

SCRIPTS = {
    "app.js": """\
import "./first.js";
import { count, countOn as goOn } from "./count/count.js";
import {
  Tally,
  total,
} from "./count/tally.js";
import { count as same } from "./again.js";
const name = "app";
say(name, count, same());
goOn();
say(count, same(), total, new Tally().of(2));
await null;
say("after", early());
function early() { return typeof hidden; }
""",
    "first.js": """\
const hidden = 1;
const name = "first";
say(name, hidden, early());
function early() { return "hoisted"; }
""",
    "count/count.js": """\
export let count = 0;
export let unset;
export async function countOn() { count += 1; unset = early(); }
function early() { return count; }
""",
    "count/tally.js": """\
import { count, unset, countOn } from "./count.js";
import "../first.js";
countOn();
export const total = { count, unset };
export class Tally { of(number) { return number * count; } }
export function* each() { yield* [count]; }
""",
    "again.js": """\
import { countOn } from "./count/count.js";
import { each } from './count/tally.js'
say([...each()].length, countOn.name);
export function count() { return countOn.name.length; }
""",
}


def write(root: Path, scripts: dict[str, str]) -> Path:
    """The folder with these scripts in it."""
    for name, source in scripts.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(source)
    return root


def joined(root: Path) -> str:
    """All that `app.js` comes to, as one script."""
    return join_scripts(list_scripts(root, "app.js"))


def what_it_says(path: Path) -> str:
    """What a script says when Node runs it as a module: its calls of `say`."""
    begin = "globalThis.say = (...words) => console.log(JSON.stringify(words));"
    run = f"{begin} await import({path.as_uri()!r});"
    told = subprocess.run(
        ["node", "--input-type=module", "--eval", run], capture_output=True, text=True, check=False, timeout=60
    )
    assert told.returncode == 0, told.stderr
    return told.stdout


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node; the browser's tests run on joined scripts, too")
def test_joined_scripts_say_what_they_say_as_modules(tmp_path: Path) -> None:
    root = write(tmp_path, SCRIPTS | {"package.json": '{"type": "module"}'})
    said = what_it_says(root / "app.js")
    assert said.splitlines()[-2:] == ['[2,7,{"count":1,"unset":1},4]', '["after","undefined"]']
    whole = root / "whole.mjs"
    whole.write_text(joined(root))
    assert what_it_says(whole) == said


def test_scripts_come_once_and_after_those_that_they_import(tmp_path: Path) -> None:
    names = [script.name for script in list_scripts(write(tmp_path, SCRIPTS), "app.js")]
    assert names == ["first.js", "count/count.js", "count/tally.js", "again.js", "app.js"]


def test_every_script_of_ours_is_joined() -> None:
    names = [script.name for script in list_scripts(STATIC, "app.js")]
    assert sorted(names) == sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*.js"))
    joined(STATIC)


def test_by_itself_a_script_names_what_is_served(tmp_path: Path) -> None:
    scripts = list_scripts(write(tmp_path, SCRIPTS), "app.js")
    alone = with_addresses(scripts[2], {"count/count.js": "/static/c.1.js", "first.js": "/static/f.2.js"})
    assert alone.splitlines()[:2] == [
        'import { count, unset, countOn } from "/static/c.1.js";',
        'import "/static/f.2.js";',
    ]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('import tally from "./count/tally.js";', "app.js: scripts cannot be joined with `import tally"),
        ('import * as tally from "./count/tally.js";', "app.js: scripts cannot be joined with `import \\* as"),
        ('import { never } from "./count/tally.js";', "app.js: .* the import of `never` from count/tally.js"),
        ('import { count as other } from "./count/count.js";', "app.js: .* `count as other` from count/count.js"),
        ('import "https://elsewhere.example/a.js";', "app.js: scripts cannot be joined with `import"),
        ('const late = () => import("./first.js");', "app.js: scripts cannot be joined with `import"),
        ("say(import.meta.url);", "app.js: scripts cannot be joined with `import.meta"),
        ("export default 1;", "app.js: scripts cannot be joined with `export default"),
        ("export { name };", "app.js: scripts cannot be joined with `export {"),
        ("export const { a } = {};", "app.js: scripts cannot be joined with `export const {"),
        ("  export const indented = 1;", "app.js: scripts cannot be joined with `export const indented"),
        ("export var old = 1;", "app.js: scripts cannot be joined with `export var"),
        ("export let count = 1;", "app.js: another script says `export let count`"),
        ('import "./missing.js";', "app.js imports missing.js, and there is no such file"),
        ('import "./app.js";', "circle: app.js → app.js"),
    ],
)
def test_what_is_not_understood_is_refused(tmp_path: Path, line: str, sentence: str) -> None:
    scripts = {name: SCRIPTS[name] for name in ("first.js", "count/count.js", "count/tally.js")}
    app = f'import "./count/tally.js";\n{line}\n'
    with pytest.raises(ValueError, match=sentence):
        joined(write(tmp_path, scripts | {"app.js": app}))
