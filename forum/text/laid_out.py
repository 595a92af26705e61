"""What is laid out by its spaces: code, tables, drawings and what a program printed, told from prose by habits."""

import re
from collections.abc import Sequence

LONG_LINE = 400
"""Longer lines are prose, and patterns that look for a line's end take their time over them."""

_CODE_LINE = re.compile(
    r"<-|^\s*(?:library|require|source|install\.packages|for|while|if|else|function|print|plot)\s*\(|^\s*#\s?\S|"
    r"[;{}]\s*$|\bc\(.*,\s*$|\d+L,\s*$|^\s*\w[\w.]*\s*=\s*[\w.\"]+\(|^\s*\[\d+\]|\w\(.*\)\s*(?:#.*)?$|"
    r"^\s*[A-Z][A-Za-z-]*=\S|^\s*\+ "
)
_INDENTED = re.compile(r"^ {5,}\S")
_COLUMNS = re.compile(r"\S {3,}\S")
_NUMBERS = re.compile(r"^\s*\S*(?:\s+-?[\d.,]+(?:e[+-]?\d+)?[*%]*){2,}\s*$")
_DRAWN = re.compile(r"[|+_=\\/-]{3,}|^\s*\|.*\|\s*$")
# What R prints above, between and below its tables.
_HEAD = re.compile(
    r"^\s*(?:Call|(?:(?:Deviance|Pearson|Scaled) )?[Rr]esiduals|Coefficients|(?:Random|Fixed) effects|"
    r"[\w ]{1,20}test of coefficients):\s*$"
)
_OUTPUT = re.compile(
    r"^\s*(?:---\s*$|Signif\. codes:|\(Dispersion parameter |Null deviance:|Residual (?:deviance|standard error):|"
    r"AIC: |Number of Fisher Scoring iterations:|Multiple R-[Ss]quared|F-statistic:|Scale fixed at |Loglik\()|"
    r"\bStd\. ?Error\b|\bPr\(>"
)
_FIGURE = re.compile(r"(?<![\w.,/:-])-?\d*\.\d+(?:e[+-]?\d+)?(?![\w.])")
_FIGURES = 3
_COMMAND = re.compile(
    r"^\s*(?:$|#|\?\w+\s*$|[\w.$\[\],\"']+\s*(?:<-|=)\s*\S|[\w.:$]+\(.*[)\],{(+~*]\s*(?:#.*)?$|[\w.$\[\]]+\s*$|[})])"
)
_CLEAR_COMMAND = re.compile(r"<-|^\s*[\w.:$]+\(.*[)\],{(+~*]\s*(?:#.*)?$")
_WORD = re.compile(r"(?<![\w.(\"'])[a-z]{2,}(?![\w.(=\"'])")
_WORDS_OF_PROSE = 4


def looks_laid_out(block: list[str], *, after_code: bool = False) -> bool:
    """Whether a block without empty lines is code, a table or a drawing, so that every space counts.

    One line alone must show it more clearly, unless it comes after others that do.
    """
    count = len(block)
    block = [line for line in block if len(line) < LONG_LINE]
    code = sum(1 for line in block if _CODE_LINE.search(line) or (_INDENTED.match(line) and "<-" in block[0]))
    columns = sum(1 for line in block if _in_columns(line))
    drawn = sum(1 for line in block if _DRAWN.search(line))
    if count == 1:
        is_output = any(_OUTPUT.search(line) or _NUMBERS.match(line) for line in block)
        return (after_code and (bool(code) or is_output)) or (bool(code) and _is_clear(block[0]))
    if count > 1 and block and _HEAD.match(block[0]):
        return True
    return code * 2 > count or columns * 2 > count or (drawn * 2 > count and count > 2)


def _is_clear(line: str) -> bool:
    return "<-" in line or line.lstrip().startswith("library(")


def _in_columns(line: str) -> bool:
    if _COLUMNS.search(line.strip()) or _NUMBERS.match(line) or _OUTPUT.search(line):
        return True
    return len(_FIGURE.findall(line)) >= _FIGURES and not is_prose(line)


def is_prose(line: str) -> bool:
    """Whether a line has as many plain words one after another as no output of a program has."""
    return len(line) >= LONG_LINE or (len(_WORD.findall(line)) >= _WORDS_OF_PROSE and not _OUTPUT.search(line))


def are_prompts(commands: Sequence[str]) -> bool:
    """Whether all of these, which stood behind ``>``, are commands to R, one of them clearly."""
    return all(len(line) < LONG_LINE and _COMMAND.match(line) for line in commands) and any(
        map(_CLEAR_COMMAND.search, commands)
    )
