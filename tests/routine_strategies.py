"""Hypothesis strategies for routine files, as somebody may write them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from tests.reference import BOTH
from tests.reference_values import is_include, walk

Routine = dict[str, Any]
BREATHS = [
    "4-6",
    "3-3..7-7",
    "4-4-6",
    "3-2-5-1..5-4-7-3",
    "4-5 +0.5s every 20s",
    "4-0-6..4-2-6",
    "in 2, in 1, out 6",
    "5-5..3-4..6-6",
]
LENGTHS = ["5s", "12s", "0.5s", "1 breath", "2 breaths", "2 breaths, at least 25s", "{hold}", "1:00"]
LENGTHS += [
    "({hold}+4s) / 2",
    "max({out} * 2, 1s)",
    "round({breath} * 0.7) + 1s",
    "{breath} * {n} - 1s",
    "({n} + 1) breaths",
]
COUNTS = ["1", "2", "3", "{n}", "2 breaths, at least 25s", "20s in whole breaths", "{n}+1", "max(30s / {breath}, 1)"]
PACES = [
    "{n}-{n} * 2",
    "{in}-{out} + 2s",
    "{breath}..4-6",
    "{n}-({n} - 1)-{out}",
    "3-4..{in}-{out}",
    "in 1, out {n}*2+1",
]
SHORT = ["In", "Out", "And out | Out", "Breathe in, sit tall | In", "In | ~", "~"]
COUNTED = [*SHORT, "{Count}", "And {count}, slowly | {Count}", "{count down} more | {Count down}"]
COUNTING = [
    "{Count} breaths of your own, to do whatever you like with",
    {"one": "One easy breath, and only one, however long it may take you.", "more": "{Count} easy breaths. | {Count}."},
]
WHICH = ["", "", "first ", "last ", "2 ", "odd ", "even ", "every 2 ", "last 2 ", "from 2 ", "from last 2 "]
TEMPOS = {
    "down 3, up 2": ("down", "up"),
    "down in, hold hold, up out": ("down", "hold", "up"),
    "heels up out, sink in": ("heels up", "sink"),
    "tense 2 breaths, let go 4s": ("tense", "let go"),
    "go {n} * 2, stay ({n} - 1) * 1s, go 3": ("go", "go 2", "stay"),
    "all min({n} * 3, 9)": ("all",),
    "lower {in} / 2, rise max({out} - 3s, 1)": ("lower", "rise"),
}
BEATS = ["1s", "2.5", "1 breath", "{n} * 1s"]
MOMENTS = ["1s", "1s", "last 1s", "last 2s", "half", "3s", "{n} * 1s"]
HEARD = ["Low.", "Low, and soft | Low | ~", "~", "three", "4.", "{Count}"]
BEATEN = [*HEARD[:-1], "{beat} | ~", "{Beat}", "{passed} | ~", "And {beat}, and let it all go | {beat}"]
LONG = [
    "Rest.",
    "Sit down, and stay there for {hold}. | Sit down.",
    "Stand up, walk about, sit down again, and let your shoulders drop as you do it. | Stand up, and walk. | Up.",
    "{n} more, {N}.",
]
NOTHING: Routine = {}


@st.composite
def routines(draw: st.DrawFn, *, alike: bool = False) -> Routine:
    """A routine file, as a mapping of texts; if ``alike``, it has both sides, and no step for one of them alone."""
    drawn = Drawn(draw, alike=alike)
    head: Routine = {
        "title": draw(st.sampled_from(["Probe", "Is it one?"])),
        "breath": draw(st.sampled_from(BREATHS)),
        "parameters": {"hold": draw(st.sampled_from(["8s", "90s", "2 breaths"])), "n": draw(st.sampled_from("1234"))},
        "sides": {"left": {"leg": "left leg"}, "right": {"leg": "right leg, the longer one"}},
        "steps": drawn.steps(depth=0, names=()),
    }
    if all(map(is_include, head["steps"])):  # whose words of sides would have no meaning
        head["steps"].append({"say": "Rest."})
    if alike and not any("each side" in step for step in walk(head["steps"])):
        head["steps"].append(drawn.turns(depth=0, names=()))
    more = {
        "notice": "Take care.",
        "safety": "Go easy.",
        "needs": ["a mat", "a strap"],
        "tips": ["Let go.", "Sit."],
        "closing": ["That is all.", "Rest."],
        "fixed": "true",
    }
    return {**head, **{key: value for key, value in more.items() if drawn.rarely()}}


class Drawn:
    """Draws steps; ``names`` are those that have values in a place, beside the parameters."""

    def __init__(self, draw: st.DrawFn, *, alike: bool) -> None:
        self.draw, self.alike = draw, alike

    def one(self, *these: Any) -> Any:  # noqa: ANN401
        return self.draw(st.sampled_from(these))

    def rarely(self) -> bool:
        return self.draw(st.integers(0, 3)) == 3

    def some(self, **keys: Any) -> Routine:  # noqa: ANN401
        """Keep a few of these keys; ``_`` in a key is a space."""
        return {key.strip("_").replace("_", " "): value for key, value in keys.items() if self.rarely()}

    def words(self, names: tuple[str, ...], texts: list[str]) -> Any:  # noqa: ANN401
        text = self.text(names, texts)
        return {"first": text, "again": self.one(*texts)} if self.rarely() else text

    def text(self, names: tuple[str, ...], texts: list[str]) -> str:
        text = str(self.one(*texts))
        return f"{self.one('The', 'Now')} {{{self.one(*names)}}} | {text}" if names and self.rarely() else text

    def steps(self, depth: int, names: tuple[str, ...], *, inside: bool = False) -> list[Routine]:
        count = self.draw(st.integers(1, 3))
        return [self.step(depth, names, inside=inside) for _ in range(count)]

    def step(self, depth: int, names: tuple[str, ...], *, inside: bool) -> Routine:
        kinds = ["say", "breathe", "move", "hold", "rest", "phase", "sound", *["repeat", "turns", "pace"] * (depth < 3)]
        kinds += ["include"] * (depth < 2 and self.rarely())
        if "leg" in names and "turns" in kinds:
            kinds.remove("turns")
        step: Routine = getattr(self, self.one(*kinds))(depth, names)
        if inside and self.rarely():
            sides = ["left", "right"] if "leg" in names and not self.alike else []
            step["only"] = self.one("first", "last", "not first", "not last", *sides)
        return step

    def say(self, _depth: int, names: tuple[str, ...]) -> Routine:
        return {"say": self.words(names, LONG), **self.some(settle=self.one(*LENGTHS))}

    def include(self, _depth: int, _names: tuple[str, ...]) -> Routine:
        given: Routine = {"cyclic-sigh": {"sighs": "6"}, "box-breathing": {"breaths": "4", "side": "2 + {n}"}}
        name = self.one(*given, "thigh-burner")
        return {"include": name, "set": given[name]} if name in given else {"include": name, "name": "Last"}

    def rest(self, _depth: int, names: tuple[str, ...]) -> Routine:
        if self.rarely():
            return {"rest": self.one("1 breath", "2", "{n}"), "say": self.one(*COUNTING)}
        return {"rest": self.one(*LENGTHS), **self.some(say=self.words(names, LONG))}

    def sound(self, _depth: int, _names: tuple[str, ...]) -> Routine:
        return {"sound": "bell-chapter"}

    def phase(self, _depth: int, names: tuple[str, ...]) -> Routine:
        name = self.one("in", "out")
        return {name: self.words(names, SHORT), **self.some(at={name: self.moments(names, HEARD[:-1])})}

    def breathe(self, _depth: int, names: tuple[str, ...]) -> Routine:
        spoken = self.spoken(("in", "out", "out", "hold", "pause", "in 2"), names)
        more = self.some(stretch=self.one("all", "to last out"), sides={"in": "left", "out": "right"})
        own = {"breath": self.one(*BREATHS, *PACES), "fixed": self.one("true", "false")}
        return {"breathe": self.one(*COUNTS), **spoken, **more, **(own if self.rarely() else NOTHING)}

    def move(self, _depth: int, names: tuple[str, ...]) -> Routine:
        tempo = self.one(*TEMPOS)
        beaten = self.rarely()
        phases = ("say",) if beaten else TEMPOS[tempo]
        spoken = self.spoken(phases, names)
        last, first = phases[-1], phases[0]
        more = self.some(
            stretch="all" if beaten else self.one("all", f"to last {last}"), max=self.one("1", "2"), past="No more."
        )
        more |= {} if beaten else self.some(sides={first: "left", last: "right"})
        more.pop("past", "") if "max" not in more else None
        own = {"beat": self.one(*BEATS)} if beaten else {"tempo": tempo}
        return {"move": self.one("1", "2", "3", "{n} * 2"), **own, **spoken, **more}

    def spoken(self, phases: tuple[str, ...], names: tuple[str, ...]) -> Routine:
        """Draw words and sounds for phases, as they begin and at moments in them."""
        keys = [f"{self.one(*WHICH)}{self.one(*phases)}" for _ in range(self.draw(st.integers(0, 4)))]
        words = {key: self.words(names, COUNTED) for key in keys}
        later = [f"{self.one(*WHICH)}{self.one(*phases)}" for _ in range(self.draw(st.integers(1, 2)))]
        return {**words, **self.some(at={key: self.moments(names) for key in later})}

    def moments(self, names: tuple[str, ...], texts: list[str] = HEARD) -> Routine:
        """Draw what is heard at moments."""
        bell = {"sound": "bell-chapter"}
        single = {self.one(*MOMENTS): self.words(names, texts) for _ in range(self.one(0, 1, 2))}
        single |= self.some(half=bell)
        repeated = self.some(every_2s=self.one(*BEATEN, bell), every_1s=self.one(*BEATEN))
        return single | repeated or {"half": "~"}

    def hold(self, _depth: int, names: tuple[str, ...]) -> Routine:
        more = self.some(
            say=self.words(names, [*SHORT[:5], *LONG]),
            at=self.one({"3s": "Low.", self.one("half", "last 4s", "7s"): "And up."}, self.moments(names, HEARD[:-1])),
            halfway="true",
            countdown=self.one("3", "{n}"),
            release=self.words(names, ["And let go", "Stop", "And let it all go, slowly, until all is soft | Off"]),
            stretch="true",
        )
        return {"hold": self.one("20s", "6s", "30s", "2 breaths", "{hold}", "{hold} * 2"), **more}

    def repeat(self, depth: int, names: tuple[str, ...]) -> Routine:
        varied, more = self.vary()
        inner = (*names, "round", *varied)
        coming = (*names, "next round", *(f"next {name}" for name in varied))
        more |= self.some(chapters=self.one("one", "items")) if not depth else {}
        block = {"steps": self.steps(depth + 1, inner, inside=True), **more}
        around = self.some(
            rounds=self.one("1", "2", "3", "{n}", *[{"left": "2", "right": "1"}] * ("leg" in names and not self.alike)),
            before=self.between((*names, *coming)),
            between=self.between(coming),
        )
        changing = "item" in varied and more.get("chapters") != "one"  # one chapter has one name
        name = self.some(name=self.one("Drill", *["{item}"] * changing))
        return {"repeat": {**block, **around}, **name}

    def turns(self, depth: int, names: tuple[str, ...]) -> Routine:
        varied, more = self.vary()
        inner = (*names, "leg", "round", *varied)
        coming = (*names, "next leg", "next round", *(f"next {name}" for name in varied))
        more |= self.some(chapters=self.one("one", "items")) if not depth else {}
        block = {"steps": self.steps(depth + 1, inner, inside=True), **more}
        around = self.some(
            rounds=self.one("1", "2", "{n}", *[{"left": "1", "right": "2"}] * (not self.alike)),
            before=self.between(coming),
            order=self.one("alternate", "blocked"),
            first=self.one("left", "right"),
        )
        change = {"change": self.one(*LENGTHS), **self.some(say=self.text(("leg", "next leg", *varied), LONG))}
        steps = [*self.between(coming), change][:: self.one(1, -1)]
        places = self.some(between_sides=[change], between_rounds=self.between(coming))
        between = places or {"between": steps}
        return {"each side": {**block, **around, **(NOTHING if self.rarely() else between)}}

    def pace(self, depth: int, names: tuple[str, ...]) -> Routine:
        block = {"breath": self.one(*BREATHS, *PACES), "steps": self.steps(depth + 1, names)}
        return {"pace": {**block, **self.some(fixed="true")}, **self.some(name="Own pace")}

    def vary(self) -> tuple[tuple[str, ...], Routine]:
        lists = {"item": ["squats", "the {n} lunges"], "stay": ["5s", "2 breaths", "7s"]}
        growing = {"free": {"from": self.one("4s", "2 breaths"), "step": self.one("1s", "2s")}}
        growing["free"]["step"] = "1 breath" if "breath" in growing["free"]["from"] else growing["free"]["step"]
        found = {name: given for name, given in {**lists, **growing}.items() if self.rarely()}
        items = [{"name": "jaw", "stay": "5s"}, {"name": "the {n} feet", "stay": "7s"}]
        if self.rarely():
            return ("name", "stay"), {"vary": items}
        return tuple(found), {"vary": found} if found else {}

    def between(self, names: tuple[str, ...]) -> list[Routine]:
        kinds = [self.one("rest", "say", "hold", "sound") for _ in range(self.draw(st.integers(1, 2)))]
        return [getattr(self, kind)(0, names) for kind in kinds]


@st.composite
def sessions(draw: st.DrawFn) -> tuple[Routine, Routine]:
    """A routine file, and what a listener chooses."""
    routine = draw(routines())
    chosen: Routine = {
        "breath": draw(st.sampled_from([None, None, "4-6", "4-7-8", "3-3..6-8", "4-4-4-4"])),
        "intro": draw(st.sampled_from(["full", "full", "short", "none"])),
        "guidance": draw(st.sampled_from(["full", "full", "fading", "brief", "cues", "tones"])),
        "lead_in": Fraction(draw(st.sampled_from([3, 0]))),
    }
    kinds = {key for step in walk(routine["steps"]) for key in step}
    if kinds & {"each side", "repeat"}:
        chosen["rounds"] = draw(st.sampled_from([None, None, 1, 2, 3]))
    if "each side" in kinds:
        chosen["sides"] = draw(st.sampled_from([BOTH, BOTH, ("left",), ("right",)]))
        chosen["first"] = draw(st.sampled_from([None, None, "left", "right"]))
    return routine, chosen
