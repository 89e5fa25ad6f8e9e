"""The part of CEL that conditions may use, read and type-checked with positions: the library checks none."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from recourse.handbook.policy.facts import Fact, FactType

DEPTH_LIMIT = 40
NUMBER_LIMIT = 2**63 - 1
_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
      | (?P<text>'(?:[^'\\\r\n]|\\[\\'"])*'|"(?:[^"\\\r\n]|\\[\\'"])*")
      | (?P<number>[0-9]+)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<mark>\|\||&&|==|!=|<=|>=|[<>!+\-*?:.,()\[\]])""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(.)")
_TEXT_METHODS = ("startsWith", "endsWith", "contains")


class Problem(Exception):
    """What is wrong: `syntax`, `name` or `type`, at a character counted from 1."""

    def __init__(self, code: str, position: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.position, self.sentence = code, position, sentence


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the expression and the character, from 1, at which it begins."""

    kind: str
    word: str
    position: int


@dataclass(frozen=True, slots=True)
class Typed:
    """What a part of the expression gives; `fact` if it is one, `literals` if its texts are written out."""

    type: FactType
    position: int
    fact: Fact | None = None
    literals: tuple[tuple[str, int], ...] | None = None


def check_types(source: str, facts: Mapping[str, Fact], vocabulary: Mapping[str, frozenset[str]]) -> str:
    """Return the type that a whole expression gives, or raise Problem."""
    reader = _Reader(tokens=_tokens(source), facts=facts, vocabulary=vocabulary, end=len(source) + 1)
    found = reader.choice()
    rest = reader.peek()
    if rest is not None:
        raise Problem("syntax", rest.position, f"“{rest.word}” was not expected here.")
    return found.type.value


def _tokens(source: str) -> list[Token]:
    tokens, at = [], 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            raise Problem("syntax", at + 1, f"“{source[at]}” cannot be read here.")
        if match.lastgroup != "space":
            tokens.append(Token(str(match.lastgroup), match.group(), at + 1))
        at = match.end()
    return tokens


def _expect(found: Typed, wanted: FactType) -> None:
    if found.type is not wanted:
        raise Problem("type", found.position, f"This must be a {wanted.value}, and is a {found.type.value}.")


@dataclass(slots=True)
class _Reader:
    """A reader by recursive descent, one method for each level of precedence."""

    tokens: list[Token]
    facts: Mapping[str, Fact]
    vocabulary: Mapping[str, frozenset[str]]
    end: int
    at: int = 0
    depth: int = field(default=0)

    def peek(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self, *words: str) -> Token | None:
        token = self.peek()
        if token is None or token.kind not in {"mark", "name"} or token.word not in words:
            return None
        self.at += 1
        return token

    def need(self, word: str) -> Token:
        token = self.take(word)
        if token is None:
            raise self.unexpected(f"“{word}” is missing")
        return token

    def unexpected(self, sentence: str) -> Problem:
        token = self.peek()
        position = token.position if token else self.end
        return Problem("syntax", position, f"{sentence} before {f'“{token.word}”' if token else 'the end'}.")

    def choice(self) -> Typed:
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            raise self.unexpected("Too many parts inside one another")
        first = self.either()
        if self.take("?"):
            _expect(first, FactType.TRUTH)
            yes = self.either()
            self.need(":")
            no = self.choice()
            if yes.type is not no.type:
                sentence = f"Both answers must be of one type: {yes.type.value}, {no.type.value}."
                raise Problem("type", no.position, sentence)
            first = Typed(yes.type, first.position)
        self.depth -= 1
        return first

    def either(self) -> Typed:
        return self._logical("||", lambda: self._logical("&&", self.comparison))

    def _logical(self, word: str, part: Callable[[], Typed]) -> Typed:
        first = part()
        while self.take(word):
            _expect(first, FactType.TRUTH)
            _expect(part(), FactType.TRUTH)
            first = Typed(FactType.TRUTH, first.position)
        return first

    def comparison(self) -> Typed:
        first = self.sum()
        while sign := self.take("==", "!=", "<", "<=", ">", ">=", "in"):
            second = self.sum()
            self._compare(first, sign, second)
            first = Typed(FactType.TRUTH, first.position)
        return first

    def _compare(self, first: Typed, sign: Token, second: Typed) -> None:
        if sign.word == "in":
            _expect(first, FactType.TEXT)
            _expect(second, FactType.TEXTS)
        elif first.type is not second.type:
            sentence = f"“{sign.word}” compares a {first.type.value} with a {second.type.value}."
            raise Problem("type", sign.position, sentence)
        elif sign.word not in {"==", "!="}:
            _expect(first, FactType.NUMBER)
        self._spelling(first, second)
        self._spelling(second, first)

    def _spelling(self, asked: Typed, written: Typed) -> None:
        """Refuse a written text that the fact can never have: it would silently never match."""
        if asked.fact is None or written.literals is None:
            return
        allowed = set(asked.fact.values) or self.vocabulary.get(asked.fact.vocabulary)
        if allowed is None:
            return
        for literal, position in written.literals:
            if literal not in allowed:
                known = ", ".join(sorted(allowed)) or "nothing"
                sentence = f"{asked.fact.name} is never “{literal}”; it can be: {known}."
                raise Problem("type", position, sentence)

    def sum(self) -> Typed:
        return self._arithmetic(("+", "-"), lambda: self._arithmetic(("*",), self.prefixed))

    def _arithmetic(self, signs: tuple[str, ...], part: Callable[[], Typed]) -> Typed:
        first = part()
        while self.take(*signs):
            _expect(first, FactType.NUMBER)
            _expect(part(), FactType.NUMBER)
            first = Typed(FactType.NUMBER, first.position)
        return first

    def prefixed(self) -> Typed:
        sign = self.take("!", "-")
        if sign is None:
            return self.member()
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            raise self.unexpected("Too many parts inside one another")
        wanted = FactType.TRUTH if sign.word == "!" else FactType.NUMBER
        _expect(self.prefixed(), wanted)
        self.depth -= 1
        return Typed(wanted, sign.position)

    def member(self) -> Typed:
        found = self.primary()
        while self.take("."):
            method = self.peek()
            if method is None or not self.take("size", *_TEXT_METHODS):
                raise self.unexpected("One of size, startsWith, endsWith, contains is missing")
            self.need("(")
            if method.word == "size":
                found = self._sized(found)
            else:
                _expect(found, FactType.TEXT)
                _expect(self.choice(), FactType.TEXT)
                found = Typed(FactType.TRUTH, found.position)
            self.need(")")
        return found

    def _sized(self, found: Typed) -> Typed:
        _expect(found, FactType.TEXTS)
        return Typed(FactType.NUMBER, found.position)

    def primary(self) -> Typed:
        token = self.peek()
        if token is None:
            raise self.unexpected("Something is missing")
        if self.take("("):
            found = self.choice()
            self.need(")")
            return found
        if self.take("["):
            return self._list(token)
        self.at += 1
        if token.kind == "text":
            written = _ESCAPE.sub(r"\1", token.word[1:-1])
            return Typed(FactType.TEXT, token.position, literals=((written, token.position),))
        if token.kind == "number":
            return self._number(token)
        if token.kind == "name":
            return self._named(token)
        raise Problem("syntax", token.position, f"“{token.word}” was not expected here.")

    def _number(self, token: Token) -> Typed:
        following = self.peek()
        is_glued = following is not None and following.position == token.position + len(token.word)
        if is_glued and following is not None and (following.kind == "name" or following.word == "."):
            raise Problem("syntax", token.position, "Only whole numbers can be written.")
        if int(token.word) > NUMBER_LIMIT or (len(token.word) > 1 and token.word[0] == "0"):
            raise Problem("syntax", token.position, f"“{token.word}” is not a number that can be used.")
        return Typed(FactType.NUMBER, token.position)

    def _list(self, opening: Token) -> Typed:
        literals: list[tuple[str, int]] = []
        while not self.take("]"):
            part = self.choice()
            _expect(part, FactType.TEXT)
            literals.extend(part.literals or ())
            if not self.take(",") and (following := self.peek()) and following.word != "]":
                raise self.unexpected("“,” or “]” is missing")
            if self.peek() is None:
                raise self.unexpected("“]” is missing")
        return Typed(FactType.TEXTS, opening.position, literals=tuple(literals))

    def _named(self, token: Token) -> Typed:
        if token.word in {"true", "false"}:
            return Typed(FactType.TRUTH, token.position)
        if token.word == "size" and self.take("("):
            found = self._sized(self.choice())
            self.need(")")
            return found
        name = token.word
        if self.take("."):
            part = self.peek()
            if part is None or part.kind != "name":
                raise self.unexpected(f"The name of a fact is missing after “{name}.”")
            self.at += 1
            name = f"{name}.{part.word}"
        fact = self.facts.get(name)
        if fact is None:
            raise Problem("name", token.position, name)
        return Typed(fact.type, token.position, fact=fact)
