"""XML read piece by piece: no document type, no entities, no tag or text without end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from xml.parsers import expat

from .archives import damaged
from .cells import too_large

MAX_DEPTH = 50
MAX_NAMES = 2_000  # of elements and attributes: the parser keeps each for good
MAX_TAG = 1_000_000  # bytes


class Markup:
    """Subclasses take `start(name, attributes)`, `end(name)` and `text(data)`; names without prefix."""

    def __init__(self) -> None:
        self.depth = 0
        self.is_done = False
        self._local: dict[str, str] = {}
        parser = self.parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        parser.ExternalEntityRefHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self.text

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, data: str) -> None:
        """Text within."""

    def feed(self, blocks: Iterable[bytes]) -> Iterator[None]:
        """Reads the blocks one by one, and says so after each. Raises Invalid for no sound XML."""
        parser = self.parser
        fed = 0
        try:
            for block in blocks:
                parser.Parse(block)
                fed += len(block)
                if len(parser.intern) > MAX_NAMES:
                    raise damaged()
                if fed - parser.CurrentByteIndex > MAX_TAG:
                    raise too_large()
                yield
                if self.is_done:
                    return
            parser.Parse(b"", True)
            yield
        except expat.ExpatError as error:
            raise damaged() from error

    def read(self, blocks: Iterable[bytes]) -> None:
        for _block in self.feed(blocks):
            pass

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise damaged()
        self.start(self._local.get(name) or self._name(name), attributes)

    def _end(self, name: str) -> None:
        self.depth -= 1
        self.end(self._local.get(name) or self._name(name))

    def _name(self, name: str) -> str:
        """The name without its prefix: some programs write <x:row>."""
        local = name.rpartition(":")[2]
        self._local[name] = local
        return local

    def _refuse(self, *_declaration: Any) -> int:
        raise damaged()
