"""Forms of a word have one stem: as the library of the same algorithm makes them, and British spelling besides."""

from forum.search.stemming import stem

AS_THE_LIBRARY_MAKES_THEM = """
added add;adding add;argued argu;biologist biolog;caresses caress;cats cat;communication communic;consign consign
consisting consist;conspired conspir;cries cri;died die;dying die;diabetes diabet;diabetic diabet;diabetics diabet
early earli;emergency emergenc;evening evening;exceed exceed;falling fall;falls fall;families famili;feed feed
flies fli;friendly friend;general general;generate generat;generous generous;gas gas;happily happili;hoping hope
happiness happi;hopefully hope;hopping hop;hospitals hospit;hypoglycaemia hypoglycaemia;inning inning;yes yes
international internat;kiwis kiwi;knackeries knackeri;knightly knight;lying lie;matting mat;meeting meet;ties tie
national nation;news news;nurse nurs;nurses nurs;nursing nurs;only onli;patients patient;pathways pathway;this this
policies polici;policy polici;prevent prevent;prevented prevent;prevention prevent;proceed proceed;quickly quick
rational ration;relational relat;sensible sensibl;sky sky;skis ski;structure structur;succeeded succeed;yearly year
training train;ugly ugli;university universiti;vaccination vaccin;valiant valiant;wards ward;weekly week
"""


def test_stems_are_those_of_the_algorithm() -> None:
    pairs = [pair.split() for line in AS_THE_LIBRARY_MAKES_THEM.split("\n") for pair in line.split(";") if pair]
    assert len(pairs) > 70
    assert {word: stem(word) for word, _ in pairs} == dict(pairs)


def test_british_and_american_spelling_have_one_stem() -> None:
    for one, other in (("organise", "organize"), ("organisations", "organizations"), ("specialised", "specialized")):
        assert stem(one) == stem(other)
    assert stem("rises") == "rise"
    assert stem("raised") == "rais"


def test_what_is_no_english_word_stays() -> None:
    for word in ("", "a", "is", "covid19", "ångström", "2026", "привет"):
        assert stem(word) == word
