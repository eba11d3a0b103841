"""Watches a browser for anything that a hostile text makes it do, and reads how the text shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, Request

MARK = re.compile(r"~(\d+)~")
UNSEEN = re.compile("[\u202e\u2066\x07\ufffd]")
LISTEN = 'window.hit = () => console.error("A script of a hostile text ran");'
# What stands on the page: texts with a mark, amounts that read from right to left, markup that
# lives, and marks where the browser or Alpine would evaluate them.
LOOK = r"""
() => {
  const marked = /~\d+~/;
  const texts = [], turned = [], evaluated = [];
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const box = (node, at) => {
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    return range.getBoundingClientRect();
  };
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.parentNode.nodeName === "STYLE") continue;
    if (node.parentNode.nodeName === "SCRIPT") {
      if (node.parentNode.type !== "application/json" && marked.test(node.data)) evaluated.push("script");
      continue;
    }
    if (marked.test(node.data)) {
      texts.push(node.data);
      continue; // What stands in one text with it was let in with it, or not.
    }
    for (const found of node.data.matchAll(/\d+[.,:]\d\d/g)) {
      const first = box(node, found.index);
      const last = box(node, found.index + found[0].length - 1);
      if (first.width && first.top === last.top && last.left < first.left) turned.push(node.data.trim());
    }
  }
  for (const element of document.querySelectorAll("*")) {
    if (marked.test(element.value ?? "")) texts.push(element.value);
    for (const { name, value } of element.attributes) {
      if (!marked.test(value)) continue;
      if (/^(x-|@|:|on|hx-on|style|srcdoc)/.test(name)) evaluated.push(`${name}=${value}`);
      if (/^(title|alt|placeholder|aria-label)$/.test(name)) texts.push(value);
    }
  }
  const living = 'img[src="x"], svg[onload], [onerror], [x-init^="hit"]';
  const alive = [...document.querySelectorAll(living)].map((element) => element.outerHTML);
  return { texts, turned, evaluated, alive };
}
"""


class Watch:
    """`wrong` is what went wrong so far; `seen` the marks that were read, each literally."""

    def __init__(self, page: Page, cores: Mapping[int, str]) -> None:
        self.page = page
        self.cores = cores
        self.wrong: list[str] = []
        self.seen: set[int] = set()
        self.where = ""
        page.context.add_init_script(LISTEN)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._note("page error", str(error)))
        page.on("dialog", lambda dialog: (self._note("dialog", dialog.message), dialog.dismiss()))
        page.on("request", self._asked)

    def _note(self, what: str, text: str) -> None:
        line = f"{self.where}: {what}: {' '.join(text.split())[:300]}"
        if line not in self.wrong:
            self.wrong.append(line)

    def _hear(self, message: ConsoleMessage) -> None:
        """Scripts, refusals of the content security policy, errors in expressions of Alpine."""
        is_answer = message.text.startswith("Failed to load resource")  # 400, 404: heard elsewhere
        if message.type in ("error", "warning") and not is_answer:
            self._note("console", message.text)

    def _asked(self, request: Request) -> None:
        if request.url.endswith("/x"):
            self._note("markup came to life", request.url)

    def visit(self, address: str) -> None:
        self.where = address
        response = self.page.goto(address)
        assert response is not None
        if response.status >= 500:
            self._note("answer", str(response.status))
        self.look(address)

    def look(self, where: str) -> None:
        """Read the page as it is now."""
        self.where = where
        found: dict[str, Any] = self.page.evaluate(LOOK)
        for what in ("turned", "evaluated", "alive"):
            for each in found[what]:
                self._note(what, each)
        for text in found["texts"]:
            self._read(text)

    def _read(self, text: str) -> None:
        """Wherever a mark stands, the hostile part stands behind it as it was typed."""
        plain = UNSEEN.sub("", text)
        for mark in MARK.finditer(plain):
            core = self.cores[int(mark[1])]
            first_word = plain[mark.start() :].split()[0]
            if plain.startswith(core, mark.start()):
                self.seen.add(int(mark[1]))
            elif self.where.startswith("/r/") and first_word == core.split()[0]:
                continue  # customers read no more of a name than the first one
            else:
                self._note("not as it was typed", plain[mark.start() : mark.start() + 80])
