"""Composes the seed corpus from the hand-written material beside this file.

    python data/generate.py               writes data/seed.jsonl.gz
    python data/generate.py --describe    prints what is in it, as tables
    python data/generate.py --check       prints near-duplicates and what single fields give away

The same material and the same `KNOBS` give the same rows, bit for bit, on every machine: only the standard library is
used, and of its random numbers only `random()`.

The material is TOML: one file per language and label, one table per family. A family's fragments (one per line) are
dealt into groups, and a row is made of fragments of one group only, on hosts of that group only. So rows that share
a fragment or a domain share a group, and a split by group leaks neither.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import io
import json
import math
import random
import re
import sys
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

HERE = Path(__file__).resolve().parent
MATERIAL = HERE / "material"
OUTPUT = HERE / "seed.jsonl.gz"

SLOT = re.compile(r"\{([^{}]*)\}")
ANCHOR = re.compile(r"\[\[(.+?)\]\]")

T = TypeVar("T")
Row = dict[str, Any]
Weights = Mapping[str, float]


# --- what may be tuned -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Side:
    """How often things happen in the rows of one label. The test holds the corpus to these figures."""

    blog_blank: Weights  # per kind
    title_blank: Weights  # per kind
    title_is_blog: float  # share of rows that have both, among trackbacks and pingbacks
    page_title_as_blog: float  # a pingback whose page title arrives as blog name, the way WordPress stores it
    excerpt_blank: float
    evidence_absent: float
    title_case: Weights  # as written | lower | title | upper
    curly: float  # typographic quotes
    entities: float  # &#8217; &amp; left undecoded
    mojibake: float  # UTF-8 read as Latin-1
    strong: float  # <strong>title</strong> before the excerpt, the way WordPress stores trackbacks
    brackets: Weights  # what surrounds a pingback's excerpt
    trackback_brackets: float  # a trackback's excerpt with […] around it
    hosts: Weights  # keyword | neutral | blog | person | platform | hacked
    tlds: Weights
    own_tld: float  # share of hosts under the language's own top-level domain
    paths: Weights
    pages: Weights  # profiles of evidence
    homes: Weights  # what a comment gives as its writer's home: none | root | page
    sentences: Weights  # of a comment
    links: Weights  # in a comment


@dataclass(frozen=True)
class Knobs:
    seed: str
    rows: int
    english: float  # share of rows in English; the other languages share the rest evenly
    kinds: Weights  # the same for both labels, in every language
    sides: Mapping[str, Side]
    trackback_chars: int = 252
    window_chars: int = 100
    near_duplicate: float = 0.7  # Jaccard similarity of shingles above which a row is drawn again
    attempts: int = 40


BRACKETS = {"[…] | […]": 50, "[...] | [...]": 26, "[&#8230;] | [&#8230;]": 7, "… | …": 5, "|": 8, "[…] |": 4}

KNOBS = Knobs(
    seed="pingwarden seed corpus, 1",
    rows=26_000,
    english=0.48,
    kinds={"trackback": 0.42, "pingback": 0.30, "comment": 0.28},
    sides={
        "ham": Side(
            blog_blank={"trackback": 0.14, "pingback": 0.50, "comment": 0.10},
            title_blank={"trackback": 0.04, "pingback": 0.05, "comment": 0.90},
            title_is_blog=0.07,
            page_title_as_blog=0.20,
            excerpt_blank=0.02,
            evidence_absent=0.40,
            title_case={"as written": 86, "lower": 5, "title": 6, "upper": 3},
            curly=0.40,
            entities=0.06,
            mojibake=0.015,
            strong=0.04,
            brackets=BRACKETS,
            trackback_brackets=0.10,
            hosts={"blog": 42, "neutral": 30, "person": 10, "platform": 18},
            tlds={
                "com": 40,
                "org": 13,
                "net": 11,
                "info": 5,
                "biz": 2.5,
                "io": 3,
                "dev": 1.5,
                "me": 2.5,
                "blog": 1.5,
                "co": 2,
                "xyz": 2.5,
                "edu": 2,
                "co.uk": 4,
                "us": 2,
                "ca": 2,
                "eu": 2,
                "tv": 1,
                "online": 1.2,
                "site": 1.2,
                "club": 1.2,
                "shop": 1,
                "store": 0.8,
                "top": 0.8,
                "ru": 0.8,
                "cn": 0.6,
                "pw": 0.5,
                "name": 1,
                "cc": 1,
                "ws": 0.8,
                "in": 1,
            },
            own_tld=0.40,
            paths={
                "dated": 26,
                "dated-html": 8,
                "slug": 20,
                "slug-html": 7,
                "query": 8,
                "archives": 7,
                "blog": 8,
                "id": 5,
                "root": 9,
                "index": 1,
                "tag": 1,
                "tilde": 2,
                "wiki": 2,
                "forum": 2,
                "odd": 1,
            },
            pages={"plain": 72, "many links": 11, "elsewhere": 9, "refused": 5, "no link": 2, "gone": 1},
            homes={"none": 45, "root": 40, "page": 15},
            sentences={"1": 40, "2": 20, "3": 15, "5": 15, "9": 10},
            links={"0": 91, "1": 7, "3": 2},
        ),
        "spam": Side(
            blog_blank={"trackback": 0.16, "pingback": 0.50, "comment": 0.10},
            title_blank={"trackback": 0.06, "pingback": 0.06, "comment": 0.90},
            title_is_blog=0.20,
            page_title_as_blog=0.20,
            excerpt_blank=0.04,
            evidence_absent=0.40,
            title_case={"as written": 66, "lower": 13, "title": 16, "upper": 5},
            curly=0.25,
            entities=0.06,
            mojibake=0.02,
            strong=0.04,
            brackets=BRACKETS,
            trackback_brackets=0.18,
            hosts={"keyword": 36, "neutral": 36, "blog": 8, "person": 3, "platform": 17},
            tlds={
                "com": 40,
                "org": 8,
                "net": 10,
                "info": 11,
                "biz": 5,
                "io": 1.5,
                "dev": 0.5,
                "me": 1.5,
                "blog": 0.8,
                "co": 2,
                "xyz": 4,
                "edu": 0.8,
                "co.uk": 3,
                "us": 3,
                "ca": 1.2,
                "eu": 1.5,
                "tv": 0.8,
                "online": 2.5,
                "site": 2,
                "club": 2,
                "shop": 2,
                "store": 1.5,
                "top": 2,
                "ru": 2,
                "cn": 1.5,
                "pw": 1,
                "name": 0.6,
                "cc": 1.2,
                "ws": 1,
                "in": 1.2,
            },
            own_tld=0.32,
            paths={
                "root": 30,
                "slug": 18,
                "slug-html": 11,
                "dated": 13,
                "dated-html": 3,
                "query": 4,
                "archives": 2,
                "blog": 4,
                "id": 2,
                "index": 3,
                "tag": 2,
                "tilde": 1,
                "wiki": 1,
                "forum": 4,
                "odd": 2,
            },
            pages={"plain": 38, "many links": 24, "elsewhere": 6, "no link": 16, "hidden": 7, "gone": 5, "refused": 4},
            homes={"none": 4, "root": 56, "page": 40},
            sentences={"1": 45, "2": 15, "4": 20, "7": 20},
            links={"0": 55, "1": 25, "2": 10, "4": 10},
        ),
    },
)


# --- chance ----------------------------------------------------------------------------------------------------------


class Chance:
    """Draws that depend on `random()` alone, whose sequence Python promises to keep."""

    def __init__(self, *seed: object) -> None:
        self._rng = random.Random("\x1f".join(map(str, seed)))

    def below(self, n: int) -> int:
        return math.floor(self._rng.random() * n)

    def between(self, low: int, high: int) -> int:
        return low + self.below(high - low + 1)

    def hit(self, probability: float) -> bool:
        return self._rng.random() < probability

    def pick(self, items: Sequence[T]) -> T:
        return items[self.below(len(items))]

    def weighted(self, weights: Weights) -> str:
        at = self._rng.random() * sum(weights.values())
        for name, weight in weights.items():
            at -= weight
            if at < 0:
                return name
        return next(reversed(list(weights)))

    def shuffled(self, items: Sequence[T]) -> list[T]:
        left = list(items)
        return [left.pop(self.below(len(left))) for _ in range(len(left))]

    def skewed(self, middle: float, spread: float) -> int:
        """A positive whole number around `middle`, with a long tail upwards."""
        bell = sum(self._rng.random() for _ in range(6)) - 3.0
        return max(0, round(middle * math.exp(bell * math.log(spread))))


# --- material --------------------------------------------------------------------------------------------------------


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def words(text: str) -> list[str]:
    return [word.strip() for line in text.splitlines() for word in line.split("|") if word.strip()]


@dataclass(frozen=True)
class Common:
    """Words and forms that every family may use."""

    host_words: Mapping[str, list[str]]  # per language, "*" for all
    names: Mapping[str, list[str]]
    tlds: Mapping[str, list[str]]
    platforms: list[str]
    institutions: list[str]
    places: list[str]
    frames: Mapping[str, list[str]]  # sentences that carry the link, per language
    shared: Mapping[str, list[str]]
    paths: Mapping[str, list[str]]  # per way of writing addresses


@dataclass(frozen=True)
class Family:
    label: str
    lang: str
    name: str
    weight: float
    texts: list[str]
    titles: list[str]
    comments: list[str]
    blogs: list[str]
    about: list[str]
    hosts: list[str]
    slugs: list[str]
    words: Mapping[str, list[str]]
    solo: bool  # one fragment per row
    frames: bool  # may be given a sentence that carries the link
    kinds: list[str]
    paths: list[str]  # instead of the knob's
    pages: list[str]  # instead of the knob's
    per: int  # fragments per group

    def groups(self) -> list[Group]:
        count = max(1, round((len(self.texts) or len(self.comments)) / self.per))

        def deal(items: list[str], at: int) -> list[str]:
            return items[at::count] or items

        return [
            Group(
                family=self,
                name=f"{self.lang}-{self.name}-{at + 1}",
                texts=deal(self.texts, at),
                titles=deal(self.titles, at),
                comments=deal(self.comments, at),
                blogs=deal(self.blogs, at),
                about=deal(self.about, at),
                keywords=deal(self.words.get("kw", []), at)
                if len(self.words.get("kw", [])) >= 4 * count
                else self.words.get("kw", []),
            )
            for at in range(count)
        ]


@dataclass(frozen=True)
class Site:
    """Where rows come from: a host, the name it gives itself, and how it writes its addresses."""

    host: str
    scheme: str
    blog: str
    path: str


@dataclass
class Group:
    family: Family
    name: str
    texts: list[str]
    titles: list[str]
    comments: list[str]
    blogs: list[str]
    about: list[str]
    keywords: list[str]
    sites: list[Site] = field(default_factory=list)
    shingles: list[frozenset[str]] = field(default_factory=list)


FAMILY_KEYS = {
    "weight", "texts", "titles", "comments", "blogs", "about", "hosts", "slugs", "words",
    "solo", "frames", "kinds", "paths", "pages", "per",
}  # fmt: skip


def read_material(folder: Path) -> tuple[Common, list[Family]]:
    common = tomllib.loads((folder / "common.toml").read_text("utf-8"))
    frames: dict[str, list[str]] = {}
    families: dict[tuple[str, str, str], Family] = {}
    for path in sorted(folder.glob("*-*.toml")):
        lang, label = path.stem.split("-")[:2]
        if label not in KNOBS.sides:
            raise ValueError(
                f"{path.name}: a file's name is LANG-LABEL[-AREA].toml, LABEL one of {sorted(KNOBS.sides)}"
            )
        try:
            content = tomllib.loads(path.read_text("utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise ValueError(f"{path.name}: {error}") from error
        frames.setdefault(lang, []).extend(lines(content.pop("frames", "")))
        for name, table in content.items():
            if unknown := set(table) - FAMILY_KEYS:
                raise ValueError(f"{path.name}: [{name}] has unknown keys {sorted(unknown)}")
            if (lang, label, name) in families:
                raise ValueError(f"{path.name}: [{name}] is there twice")
            families[lang, label, name] = Family(
                label=label,
                lang=lang,
                name=name,
                weight=float(table.get("weight", 1.0)),
                texts=lines(table.get("texts", "")),
                titles=lines(table.get("titles", "")),
                comments=lines(table.get("comments", "")),
                blogs=lines(table.get("blogs", "")),
                about=words(table.get("about", "")),
                hosts=words(table.get("hosts", "")),
                slugs=words(table.get("slugs", "")),
                words={key: words(value) for key, value in table.get("words", {}).items()},
                solo=bool(table.get("solo", False)),
                frames=bool(table.get("frames", label == "ham")),
                kinds=words(table.get("kinds", "trackback|pingback")) if table.get("texts") else [],
                paths=words(table.get("paths", "")),
                pages=words(table.get("pages", "")),
                per=int(table.get("per", 4)),
            )
    return (
        Common(
            host_words={lang: words(text) for lang, text in common["host_words"].items()},
            names={lang: words(text) for lang, text in common["names"].items()},
            tlds={lang: words(text) for lang, text in common["tlds"].items()},
            platforms=words(common["platforms"]),
            institutions=words(common["institutions"]),
            places=words(common["places"]),
            frames=frames,
            shared={key: words(text) for key, text in common["shared"].items()},
            paths={
                way: [
                    path.strip()
                    for line in text.split("\n")
                    for path in line.split("|")
                    if path.strip() or way == "root"
                ]
                for way, text in common["paths"].items()
            },
        ),
        list(families.values()),
    )


# --- addresses -------------------------------------------------------------------------------------------------------

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
LATIN = str.maketrans({
    "ß": "ss", "ø": "o", "æ": "ae", "ł": "l", "đ": "d", "ı": "i", "œ": "oe", "ð": "d", "þ": "th",
})  # fmt: skip


def drawn_code(chance: Chance, length: int) -> str:
    """Letters and digits drawn by lot, as programs that post stick to words and addresses."""
    return "".join(chance.pick(_LETTERS + "ABCDEFGHKMNP23456789") for _ in range(length))


def ascii_slug(text: str) -> str:
    """Lower-case words joined by hyphens; "" where the script is not Latin."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(LATIN))
    plain = "".join(char for char in plain if not unicodedata.combining(char)).replace("'", "").replace("’", "")
    if sum(char.isalpha() and ord(char) > 127 for char in plain) > 2:
        return ""
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


class Addresses:
    """Invents hosts, each of which belongs to one group, and paths on them."""

    def __init__(self, common: Common) -> None:
        self.common = common
        self.taken: set[str] = set()

    def neutral(self, lang: str, chance: Chance) -> str:
        pool = self.common.host_words["*"]
        if lang in self.common.host_words and chance.hit(0.6):
            pool = self.common.host_words[lang]
        first, second = chance.pick(pool), chance.pick(pool)
        shape = chance.below(10)
        if shape < 5:
            return first + second
        if shape < 7:
            return f"{first}-{second}"
        if shape == 7:
            return f"{first}{second}{chance.between(1, 99)}"
        if shape == 8:
            return f"{chance.pick(('the', 'my', 'go', 'e', 'all', 'our'))}{first}{second}"
        return f"{first}-{second}-{chance.between(2, 365)}"

    def name(self, way: str, blog: str, keyword: str, family: Family, chance: Chance, say: Callable[[str], str]) -> str:
        names = self.common.names.get(family.lang, self.common.names["en"])
        match way:
            case "keyword":
                pattern = chance.pick(family.hosts or self.common.shared["keyword_hosts"])
                label = ascii_slug(say(pattern.replace("{kw}", keyword)))
                return label if chance.hit(0.65) else label.replace("-", "")
            case "blog":
                slug = ascii_slug(blog)
                return slug.replace("-", "") if chance.hit(0.6) else slug
            case "person":
                name = ascii_slug(chance.pick(names))
                return name and name + chance.pick(("-", "", "s-")) + chance.pick(self.common.host_words["*"])
            case "hacked":
                return chance.pick(("", "-", "the")).join(
                    (
                        chance.pick(self.common.host_words["*"]),
                        chance.pick(self.common.institutions),
                    )
                )
        return self.neutral(family.lang, chance)

    def host(
        self, way: str, blog: str, keyword: str, family: Family, side: Side, chance: Chance, say: Callable[[str], str]
    ) -> str:
        while True:
            label = self.name(way, blog, keyword, family, chance, say)[:40].strip("-")
            if len(label) < 3:
                way = "neutral"
                continue
            if way == "platform":
                host = f"{label}.{chance.pick(self.common.platforms)}"
                owner = host
            else:
                own = self.common.tlds.get(family.lang)
                tld = chance.pick(own) if own and chance.hit(side.own_tld) else chance.weighted(side.tlds)
                owner = f"{label}.{tld}"
                prefix = chance.weighted(
                    {"": 52, "www.": 38, "blog.": 6, "news.": 1, "weblog.": 1, "m.": 0.5, "shop.": 0.5, "old.": 1}
                )
                host = prefix + owner
            if owner not in self.taken:
                self.taken.add(owner)
                return host
            way = way if chance.hit(0.5) else "neutral"

    def path(self, way: str, slug: str, chance: Chance) -> str:
        slots: dict[str, Callable[[], str]] = {
            "slug": lambda: slug,
            "year": lambda: str(chance.between(2003, 2026)),
            "month": lambda: f"{chance.between(1, 12):02}",
            "day": lambda: f"{chance.between(1, 28):02}",
            "number": lambda: str(chance.between(2, 9999)),
            "section": lambda: chance.pick(self.common.shared["sections"]),
            "word": lambda: chance.pick(self.common.host_words["*"]),
            "code": lambda: drawn_code(chance, chance.between(4, 9)),
            "end": lambda: "/" if chance.hit(0.7) else "",
        }
        return SLOT.sub(lambda match: slots[match[1]](), chance.pick(self.common.paths[way]))


# --- rows ------------------------------------------------------------------------------------------------------------


class Voice:
    """Fills the slots of one row's fragments: the keyword stays the same within a row, all else is drawn anew."""

    def __init__(self, group: Group, common: Common, chance: Chance) -> None:
        self.group, self.common, self.chance = group, common, chance
        self.keyword = chance.pick(group.keywords) if group.keywords else ""
        self.site: Site | None = None
        self.about = chance.pick(group.about) if group.about else ""
        words_of_hosts = common.host_words["*"]
        self.slots: dict[str, Callable[[], str]] = {
            "kw": lambda: self.keyword,
            "kw2": lambda: chance.pick(group.family.words.get("kw") or words_of_hosts),
            "kws": self._several_keywords,
            "n": lambda: str(chance.between(2, 9)),
            "nn": lambda: str(chance.between(10, 99)),
            "nnn": lambda: str(chance.between(100, 999)),
            "nnnn": lambda: str(chance.between(1000, 98999)),
            "year": lambda: str(chance.between(2003, 2026)),
            "date": lambda: f"{chance.between(2003, 2026)}-{chance.between(1, 12):02}-{chance.between(1, 28):02}",
            "about": lambda: self.about,
            "name": lambda: chance.pick(common.names.get(group.family.lang, common.names["en"])),
            "place": lambda: chance.pick(common.places),
            "blog": lambda: self.site.blog if self.site else "",
            "site": lambda: self.site.host if self.site else "",
            "target": self._target,
            "word": lambda: chance.pick(words_of_hosts),
            "run": lambda: "".join(chance.pick(_LETTERS) for _ in range(chance.between(24, 80))),
            "code": lambda: drawn_code(chance, chance.pick((7, 7, 10))),
            "rand": lambda: "".join(chance.pick(_LETTERS) for _ in range(chance.between(5, 11))),
        }

    def say(self, text: str) -> str:
        while "{" in text:
            text = SLOT.sub(lambda match: self._slot(match[1]), text)
        return re.sub(r"[ \t]{2,}", " ", text).strip()

    def _slot(self, body: str) -> str:
        if "|" in body:
            return self.chance.pick(body.split("|"))
        if made := self.slots.get(body):
            return made()
        pool = self.group.family.words.get(body) or self.common.shared.get(body)
        if not pool:
            raise ValueError(f"{self.group.name}: no words for the slot {{{body}}}")
        return self.chance.pick(pool)

    def _several_keywords(self) -> str:
        few = self.chance.shuffled(self.group.family.words["kw"])[: self.chance.between(3, 7)]
        return self.chance.pick((", ", " ", ", ", " | ", " - ", "; ", ",")).join(few)

    def _target(self) -> str:
        chance = self.chance
        pool = self.common.host_words["*"]
        slug = "-".join(chance.pick(pool) for _ in range(chance.between(2, 5)))
        head = chance.pick((f"/{chance.between(2005, 2026)}/{chance.between(1, 12):02}/", "/", "/blog/", "/posts/"))
        tld = chance.pick(("com", "org", "net", "de", "co.uk", "blog"))
        host = chance.pick(("", "www.", "blog.")) + chance.pick(pool) + chance.pick(pool)
        return f"{host}.{tld}{head}{slug}{chance.pick(('/', ''))}"


class Composer:
    def __init__(self, knobs: Knobs, common: Common) -> None:
        self.knobs, self.common = knobs, common
        self.addresses = Addresses(common)

    def settle(self, group: Group) -> None:
        """Gives a group its sites."""
        family, side = group.family, self.knobs.sides[group.family.label]
        chance = Chance(self.knobs.seed, "sites", group.name, family.label)
        for _ in range(chance.between(2, 5)):
            voice = Voice(group, self.common, chance)
            way = chance.weighted(side.hosts)
            if family.paths == ["hacked"]:
                way = "hacked"
            elif family.hosts and chance.hit(0.5):
                way = "keyword"
            elif way == "keyword" and not group.keywords:
                way = "neutral"
            path = chance.pick(family.paths) if family.paths else chance.weighted(side.paths)
            if path == "root" and family.slugs and family.paths:
                way = "keyword"  # where nothing but the address tells, it has to tell
            blog = voice.say(chance.pick(group.blogs)) if group.blogs else ""
            host = self.addresses.host(way, blog, voice.keyword, family, side, chance, voice.say)
            scheme = "https" if chance.hit(0.4) else "http"
            group.sites.append(Site(host, scheme, blog, path))

    def row(self, group: Group, kind: str, habits: Chance, chance: Chance) -> Row:
        """A row; `habits` draws what the knobs promise, and stays the same however often the row is drawn again."""
        family, side = group.family, self.knobs.sides[group.family.label]
        voice = Voice(group, self.common, chance)
        site = voice.site = chance.pick(group.sites)
        blog = site.blog
        if family.label == "spam" and group.blogs and chance.hit(0.5):
            blog = voice.say(chance.pick(group.blogs))
        title = self._title(voice, side, chance)
        text, anchor = self._text(voice, kind, title, chance)
        url = self._url(voice, site, title, chance)
        if kind == "comment":
            url = self._home(family, site, url, habits, chance)
        page_title = title or blog

        if kind == "comment":
            blog = (
                voice.keyword
                if voice.keyword and chance.hit(0.4)
                else voice.say("{name}")
                if chance.hit(0.75)
                else blog
            )
        elif title and blog and chance.hit(0.35 if kind == "pingback" else 0.06):
            page_title = (
                chance.pick(self.common.shared["page_titles"])
                .replace("TITLE", title)
                .replace("BLOG", blog)
                .replace("¦", "|")
            )
            title = page_title
        title_blank, blog_blank = habits.hit(side.title_blank[kind]), habits.hit(side.blog_blank[kind])
        if kind != "comment" and blog and title and not title_blank and not blog_blank:
            if habits.hit(side.title_is_blog):
                title, blog = (blog, blog) if chance.hit(0.5) else (title, title)
        elif kind == "pingback" and blog_blank and title and habits.hit(side.page_title_as_blog):
            title, blog, title_blank, blog_blank = "", title, True, False
        text = self._dress(text, title, kind, side, chance)
        fields = {
            "title": "" if title_blank else title,
            "excerpt": "" if habits.hit(side.excerpt_blank) else text,
            "blog_name": "" if blog_blank else blog,
        }
        row: Row = {"kind": kind, "url": url}
        for key, value in fields.items():
            if value or chance.hit(0.6):
                row[key] = value
        if not habits.hit(side.evidence_absent) and url:
            row["evidence"] = self._evidence(family, kind, url, page_title, anchor, chance)
        row |= {
            "label": family.label,
            "group": f"{family.label}-{group.name}",
            "lang": family.lang,
            "family": family.name,
        }
        return row

    def _title(self, voice: Voice, side: Side, chance: Chance) -> str:
        group = voice.group
        if not group.titles:
            return voice.keyword or voice.about
        title = voice.say(chance.pick(group.titles))
        if not title:
            return title
        match chance.weighted(side.title_case):
            case "lower":
                return title.lower()
            case "title":
                return " ".join(word[:1].upper() + word[1:] for word in title.split(" "))
            case "upper":
                return title.upper() if len(title) < 60 else title
        return title if group.family.label == "spam" else title[:1].upper() + title[1:]

    def _text(self, voice: Voice, kind: str, title: str, chance: Chance) -> tuple[str, str]:
        """The excerpt before it is dressed, and the words of its link."""
        group, family = voice.group, voice.group.family
        if kind == "comment" or not group.texts:
            return self._comment(voice, chance), ""
        count = 1 if family.solo else chance.pick((1, 2, 2, 3, 3)) if kind == "trackback" else chance.pick((1, 2, 2, 3))
        parts = chance.shuffled(group.texts)[:count]
        frames = self.common.frames.get(family.lang, [])
        linked = any("[[" in part for part in parts)
        framed = frames and family.frames and not linked and group.about and not family.solo
        if framed and chance.hit(0.85 if kind == "pingback" else 0.35):
            parts.insert(chance.below(len(parts) + 1), chance.pick(frames))
        gap = "" if family.lang in ("ja", "zh", "th") else " "
        whole = gap.join(part[:1].upper() + part[1:] for part in (voice.say(part) for part in parts))
        match = ANCHOR.search(whole)
        anchor = match[1] if match else title if chance.hit(0.5) else ""
        at = match.start() if match else len(whole) // 2
        whole = ANCHOR.sub(r"\1", whole)
        wide = self.knobs.window_chars // (2 if family.lang in ("ja", "zh", "ko") else 1)
        limit = self.knobs.trackback_chars // (2 if family.lang in ("ja", "zh", "ko") else 1)
        if kind == "pingback" and not (family.solo and len(whole) < 2.4 * wide):
            whole = window(whole, at, at + len(anchor), wide)
        elif kind == "trackback" and len(whole) > limit - 3:
            whole = head(whole, limit - 4) + chance.pick(("…", "...", "...", " [...]", " […]", "…"))
        elif kind == "trackback" and chance.hit(0.15) and not family.solo:
            whole = head(whole, max(40, len(whole) - chance.between(5, 60))) + chance.pick(("…", "...", " [...]"))
        return whole, anchor

    def _comment(self, voice: Voice, chance: Chance) -> str:
        """Its first sentence is one that only comments have, where there are such; links stand at its end."""
        group, side = voice.group, self.knobs.sides[voice.group.family.label]
        count = int(chance.weighted(side.sentences))
        if group.family.solo:
            count = 1 if group.family.label == "spam" else min(3, count)
        first = chance.shuffled(group.comments)
        pool = [*first[:1], *chance.shuffled([*first[1:], *group.texts])]
        gap = "" if group.family.lang in ("ja", "zh", "th") else " "
        said = gap.join(ANCHOR.sub(r"\1", voice.say(part)) for part in pool[:count])
        return " ".join([said, *(self._link(voice, chance) for _ in range(int(chance.weighted(side.links))))])

    def _home(self, family: Family, site: Site, url: str, habits: Chance, chance: Chance) -> str:
        """What a comment gives as its writer's address."""
        home = habits.weighted(self.knobs.sides[family.label].homes)
        if home == "none" and family.solo and chance.hit(0.3):
            home = "root"  # a few short words without an address would soon be all alike
        if home == "root":
            return f"{site.scheme}://{site.host}{chance.pick(('', '/'))}"
        return "" if home == "none" else url

    def _link(self, voice: Voice, chance: Chance) -> str:
        """As people put it into a comment: spam leads to its own site, honest ones to somebody else's."""
        if voice.group.family.label == "ham":
            forms = ("http://{target}", "http://{target}", '<a href="http://{target}">{word} {word}</a>')
            return voice.say(chance.pick(forms))
        words = "{kw}" if voice.keyword else "{word} {word}"
        forms = (
            f'<a href="http://{{site}}/{{word}}-{{n}}">{words}</a>',
            f"[url=http://{{site}}/{{word}}]{words}[/url]",
        )
        return voice.say(chance.pick((*forms, "http://{site}/", "http://{site}/{word}/{nnn}")))

    def _dress(self, text: str, title: str, kind: str, side: Side, chance: Chance) -> str:
        surrounded = (kind == "pingback" and text) or (kind == "trackback" and chance.hit(side.trackback_brackets))
        if surrounded and not text.startswith("["):
            before, after = chance.weighted(side.brackets).split("|")
            text = f"{before}{text}{after}"
        if kind == "trackback" and title and chance.hit(side.strong):
            text = f"<strong>{title}</strong>\n\n{text}"
        if chance.hit(side.curly):
            text = re.sub(r"(?<=\w)'", "’", text)
            text = re.sub(r'"([^"<>=]*)"', "“\\1”", text)
        if chance.hit(side.entities):
            text = (
                text.replace("&", "&amp;")
                .replace("’", "&#8217;")
                .replace("'", "&#039;")
                .replace("“", "&#8220;")
                .replace("”", "&#8221;")
            )
        elif chance.hit(side.mojibake) and not text.isascii():
            with contextlib.suppress(UnicodeDecodeError):
                text = text.encode("utf-8").decode("cp1252")
        return text

    def _url(self, voice: Voice, site: Site, title: str, chance: Chance) -> str:
        family = voice.group.family
        topic = title
        if family.slugs and chance.hit(0.7):
            topic = voice.say(chance.pick(family.slugs))
        elif family.label == "spam" and voice.keyword and chance.hit(0.6):
            topic = voice.keyword
        slug = ascii_slug(topic)
        if not slug and topic:
            slug = (
                quote("-".join(topic.split())[:24].strip("-").lower())
                if chance.hit(0.35)
                else f"{chance.pick(self.common.host_words['*'])}-{chance.between(2, 4000)}"
            )
        slug = slug or chance.pick(self.common.host_words["*"])
        if slug.isascii() and "%" not in slug:
            parts = slug.split("-")
            slug = "-".join(parts[: chance.pick((3, 4, 6, 8, 12))])
            if chance.hit(0.06):
                slug = slug.replace("-", "_")
        way = site.path
        if chance.hit(0.2):
            way = chance.pick(family.paths) if family.paths else chance.weighted(self.knobs.sides[family.label].paths)
        path = self.addresses.path(way, slug, chance)
        if chance.hit(0.02):
            path += chance.pick(("#more", "#comments", "?utm_source=rss", "?lang=" + family.lang))
        return f"{site.scheme}://{site.host}{path}"

    def _evidence(self, family: Family, kind: str, url: str, title: str, anchor: str, chance: Chance) -> Row:
        ham = family.label == "ham"
        page = (
            chance.pick(family.pages)
            if family.pages and chance.hit(0.8)
            else chance.weighted(self.knobs.sides[family.label].pages)
        )
        redirects = chance.weighted({"0": 78, "1": 17, "2": 4, "3": 1} if ham else {"0": 70, "1": 20, "2": 7, "3": 3})
        page_data: Row = {"fetched_url": url, "redirects": int(redirects)}
        if page == "refused":
            failure = chance.weighted({"403": 4, "503": 3, "timeout": 4, "429": 1, "500": 1})
            return page_data | {
                "status": int(failure) if failure.isdigit() else None,
                "failure": failure if failure == "timeout" else f"http-{failure}",
            }
        if page == "gone":
            return page_data | {
                "status": chance.pick((404, 404, 410)),
                "failure": "gone",
                "link_found": False,
                "wordpress_would_accept": False,
            }
        found = page != "no link"
        page_data |= {
            "status": 200,
            "content_type": chance.pick(("text/html", "text/html; charset=utf-8", "text/html; charset=UTF-8")),
            "link_found": found,
            "language": family.lang
            if chance.hit(0.9 if ham else 0.75)
            else chance.pick(("en", "en", "", "de", "ru", "zh", "es")),
            "outbound_links": chance.skewed(16 if ham else 19, 3.2)
            + (chance.skewed(110 if ham else 140, 2.4) if page == "many links" else 0),
            "text_chars": chance.skewed(5200 if ham else 3900, 3.4 if ham else 4.2),
        }
        if title and chance.hit(0.85):
            page_data["title"] = title
        if found:
            rel = {"": 80, "nofollow": 9, "noopener": 5, "noopener noreferrer": 3, "external": 2, "ugc": 1}
            page_data |= {
                "link_visible": page != "hidden",
                "link_rel": chance.weighted(rel if ham else rel | {"nofollow": 18, "dofollow": 3}),
                "link_text": anchor[:120] or chance.pick(("here", "source", "link", "this post", "")),
            }
        if kind != "comment" and chance.hit(0.9):
            usual = 0.78 if ham else 0.46
            page_data["sender_matches_host"] = chance.hit(0.1 if page == "elsewhere" else usual)
        sees = 0.95 if found and page != "hidden" else 0.6 if found else 0.12
        page_data["wordpress_would_accept"] = chance.hit(sees)
        return page_data


def head(text: str, limit: int) -> str:
    """The first words of a text, at most `limit` characters."""
    if len(text) <= limit:
        return text
    cut = text[:limit]
    space = cut.rfind(" ")
    return (cut[:space] if space > limit * 0.6 else cut).rstrip(" ,;:-")


def window(text: str, start: int, end: int, wide: int) -> str:
    """What WordPress keeps of the paragraph around a link: about `wide` characters on either side, whole words."""
    left, right = max(0, start - wide), min(len(text), end + wide)
    if left:
        space = text.find(" ", left, left + 25)
        left = space + 1 if space >= 0 else left
    if right < len(text):
        space = text.rfind(" ", right - 25, right)
        right = space if space >= 0 else right
    return text[left:right].strip()


def shingles(row: Row) -> frozenset[str]:
    """What near-duplicates share: runs of three words, or of four characters where words are not spaced."""
    text = re.sub(r"[\W_]+", " ", f"{row.get('title', '')} {row.get('excerpt', '')}".casefold()).strip()
    if row["lang"] in ("ja", "zh", "th", "ko"):
        text = text.replace(" ", "")
        return frozenset(text[at : at + 4] for at in range(max(1, len(text) - 3)))
    parts = text.split()
    return frozenset(" ".join(parts[at : at + 3]) for at in range(max(1, len(parts) - 2)))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 1.0


def apportion(total: int, weights: Weights) -> dict[str, int]:
    """Whole numbers in the proportion of the weights that add up to the total."""
    whole = sum(weights.values())
    exact = {name: total * weight / whole for name, weight in weights.items()}
    counts = {name: int(share) for name, share in exact.items()}
    for name in sorted(exact, key=lambda name: (counts[name] - exact[name], name))[: total - sum(counts.values())]:
        counts[name] += 1
    return counts


def compose(knobs: Knobs = KNOBS, folder: Path = MATERIAL) -> list[Row]:
    common, families = read_material(folder)
    composer = Composer(knobs, common)
    groups = {(family.label, family.lang, family.name): family.groups() for family in families}
    for group in (group for dealt in groups.values() for group in dealt):
        composer.settle(group)
    langs = sorted({family.lang for family in families})
    others = (1 - knobs.english) / max(1, len(langs) - 1)
    rows: list[Row] = []
    seen: set[tuple[str, ...]] = set()
    for lang, of_lang in apportion(
        knobs.rows, {lang: knobs.english if lang == "en" else others for lang in langs}
    ).items():
        for label, of_label in apportion(of_lang, dict.fromkeys(sorted(knobs.sides), 1.0)).items():
            for kind, of_kind in apportion(of_label, knobs.kinds).items():
                fitting = {
                    family.name: family.weight
                    for family in families
                    if (family.lang, family.label) == (lang, label)
                    and (kind in family.kinds or (kind == "comment" and family.comments))
                }
                for name, count in apportion(of_kind, fitting).items():
                    dealt = groups[label, lang, name]
                    rows += [unlike(composer, dealt[at % len(dealt)], kind, at, seen) for at in range(count)]
    order = Chance(knobs.seed, "order")
    return [{"id": f"seed-{at:05}"} | row for at, row in enumerate(order.shuffled(rows), 1)]


def unlike(composer: Composer, group: Group, kind: str, at: int, seen: set[tuple[str, ...]]) -> Row:
    """A row that is not, if it can be helped, a near-copy of its group's other rows, and never a copy of any."""
    knobs = composer.knobs
    best: tuple[float, Row, frozenset[str]] | None = None
    for attempt in range(knobs.attempts):
        habits = Chance(knobs.seed, "habits", group.family.label, group.name, kind, at)
        chance = Chance(knobs.seed, group.family.label, group.name, kind, at, attempt)
        row = composer.row(group, kind, habits, chance)
        if text_of(row) in seen:
            continue
        marks = shingles(row)
        alike = max((likeness(marks, other) for other in group.shingles), default=0.0)
        if best is None or alike < best[0]:
            best = alike, row, marks
        if alike < knobs.near_duplicate:
            break
    if best is None:
        raise ValueError(f"{group.name}: too little material for another {kind}")
    seen.add(text_of(best[1]))
    group.shingles.append(best[2])
    return best[1]


def text_of(row: Row) -> tuple[str, ...]:
    return tuple(row.get(key, "") for key in ("url", "title", "excerpt", "blog_name"))


def encode(rows: Sequence[Row]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode("utf-8")


def pack(content: bytes) -> bytes:
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, compresslevel=9, mtime=0) as file:
        file.write(content)
    return packed.getvalue()


# --- what is in it ---------------------------------------------------------------------------------------------------


def near_duplicates(rows: Sequence[Row], threshold: float) -> float:
    """Share of rows that are nearly an earlier row of their group."""
    groups: dict[str, list[frozenset[str]]] = {}
    hits = 0
    for row in rows:
        marks, others = shingles(row), groups.setdefault(row["group"], [])
        hits += any(likeness(marks, other) >= threshold for other in others)
        others.append(marks)
    return hits / len(rows)


def auc(values: Sequence[tuple[float, bool]]) -> float:
    """How well a number alone tells spam (True) from ham: 0.5 not at all, 1 entirely."""
    ranked = sorted(values)
    total, at = 0.0, 0
    while at < len(ranked):
        until = at
        while until < len(ranked) and ranked[until][0] == ranked[at][0]:
            until += 1
        total += sum(spam for _, spam in ranked[at:until]) * (at + until + 1) / 2
        at = until
    spam = sum(spam for _, spam in ranked)
    return (total - spam * (spam + 1) / 2) / (spam * (len(ranked) - spam))


SIGNS: dict[str, Callable[[Row], float | None]] = {
    "chars of the title": lambda row: len(row.get("title", "")),
    "chars of the excerpt": lambda row: len(row.get("excerpt", "")),
    "chars of the blog name": lambda row: len(row.get("blog_name", "")),
    "chars of the url": lambda row: len(row["url"]),
    "digits in the url": lambda row: sum(char.isdigit() for char in row["url"]),
    "hyphens in the host": lambda row: row["url"].partition("://")[2].partition("/")[0].count("-"),
    "slashes in the url": lambda row: row["url"].count("/"),
    "https": lambda row: row["url"].startswith("https"),
    "title = blog name": lambda row: bool(row.get("title")) and row.get("title") == row.get("blog_name"),
    "no blog name": lambda row: not row.get("blog_name"),
    "no title": lambda row: not row.get("title"),
    "no excerpt": lambda row: not row.get("excerpt"),
    "excerpt in brackets": lambda row: row.get("excerpt", "").startswith("["),
    "markup in the excerpt": lambda row: "<" in row.get("excerpt", ""),
    "a url in the excerpt": lambda row: "http" in row.get("excerpt", ""),
    "no evidence": lambda row: "evidence" not in row,
    "link found": lambda row: row.get("evidence", {}).get("link_found"),
    "link visible": lambda row: row.get("evidence", {}).get("link_visible"),
    "outbound links": lambda row: row.get("evidence", {}).get("outbound_links"),
    "chars of the page": lambda row: row.get("evidence", {}).get("text_chars"),
    "redirects": lambda row: row.get("evidence", {}).get("redirects"),
    "sender matches host": lambda row: row.get("evidence", {}).get("sender_matches_host"),
    "WordPress would accept": lambda row: row.get("evidence", {}).get("wordpress_would_accept"),
}


def sign_strength(rows: Sequence[Row]) -> dict[str, float]:
    found = {}
    for name, sign in SIGNS.items():
        known = [(float(value), row["label"] == "spam") for row in rows if (value := sign(row)) is not None]
        found[name] = auc(known)
    return found


def fragments(folder: Path = MATERIAL) -> int:
    """How many distinct hand-written fragments of text the material has."""
    common, families = read_material(folder)
    told = {text for texts in common.frames.values() for text in texts}
    for family in families:
        told.update(family.texts, family.titles, family.comments, family.blogs, family.about)
    return len(told)


def describe(rows: Sequence[Row]) -> Iterator[str]:
    labels = Counter(row["label"] for row in rows)
    yield f"{len(rows):,} rows ({labels['spam']:,} spam, {labels['ham']:,} ham)"
    groups = len({row["group"] for row in rows})
    yield f"in {len({row['lang'] for row in rows})} languages and {groups:,} groups,"
    yield f"made of {fragments():,} hand-written fragments.\n"
    langs = Counter((row["lang"], row["label"]) for row in rows)
    yield "| language | spam | ham |"
    yield "|---|---:|---:|"
    yield from (
        f"| {lang} | {langs[lang, 'spam']} | {langs[lang, 'ham']} |" for lang in sorted({lang for lang, _ in langs})
    )
    kinds = Counter((row["kind"], row["label"]) for row in rows)
    yield "\n| kind | spam | ham |"
    yield "|---|---:|---:|"
    yield from (f"| {kind} | {kinds[kind, 'spam']} | {kinds[kind, 'ham']} |" for kind in KNOBS.kinds)
    for label in ("spam", "ham"):
        counted: dict[str, Counter[str]] = {}
        for row in rows:
            if row["label"] == label:
                counted.setdefault(row["family"], Counter())[row["lang"]] += 1
        yield f"\n| {label} family | rows | languages |"
        yield "|---|---:|---|"
        for name, per_lang in sorted(counted.items(), key=lambda item: (-item[1].total(), item[0])):
            yield f"| {name} | {per_lang.total()} | {' '.join(sorted(per_lang))} |"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Composes the seed corpus from the hand-written material.")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="where to write (default: %(default)s)")
    parser.add_argument("--describe", action="store_true", help="print what is in it, write nothing")
    parser.add_argument(
        "--check", action="store_true", help="print near-duplicates and single fields' strength, write nothing"
    )
    chosen = parser.parse_args(arguments)
    rows = compose()
    if chosen.describe:
        print("\n".join(describe(rows)))
    if chosen.check:
        for threshold in (0.9, 0.7, 0.5):
            print(f"nearly an earlier row (Jaccard ≥ {threshold}): {near_duplicates(rows, threshold):.1%}")
        for name, strength in sign_strength(rows).items():
            print(f"ROC-AUC of one field alone: {strength:.2f}  {name}")
    if not (chosen.describe or chosen.check):
        chosen.output.write_bytes(pack(encode(rows)))
        print(
            f"{chosen.output.name}: {len(rows):,} rows, near-copies (Jaccard ≥ 0.7): {near_duplicates(rows, 0.7):.1%}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
