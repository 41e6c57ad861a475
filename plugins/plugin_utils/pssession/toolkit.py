# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The line editor of prompt_toolkit, where it is installed (command's own process)."""

from __future__ import annotations

import typing

from .completeness import is_incomplete
from .remote import Complete

try:
    import prompt_toolkit
    import prompt_toolkit.completion
    import prompt_toolkit.filters
    import prompt_toolkit.formatted_text
    import prompt_toolkit.history
    import prompt_toolkit.key_binding
except ImportError:
    AVAILABLE = False
else:
    AVAILABLE = True


class Toolkit:
    """An editor with history, search and a menu of completions.

    Args:
        complete: Asks the remote side what may follow.
        continuation: The prompt of further lines.
    """

    def __init__(self, complete: Complete, continuation: str) -> None:
        self._session: prompt_toolkit.PromptSession[str] = prompt_toolkit.PromptSession(
            completer=_completer(complete),
            complete_in_thread=True,
            complete_while_typing=False,
            history=prompt_toolkit.history.InMemoryHistory(),
            key_bindings=_keys(),
            multiline=True,
            # A line that is wider than the terminal is no second line.
            prompt_continuation=lambda width, line, is_wrapped: "" if is_wrapped else continuation,
        )

    def read(self, prompt: typing.Callable[[], str]) -> str:
        """See editor.Editor."""
        return self._session.prompt(prompt_toolkit.formatted_text.ANSI(prompt()))


def _completer(complete: Complete) -> prompt_toolkit.completion.Completer:
    # Made here, since no class can inherit from what may be missing.
    class Remote(prompt_toolkit.completion.Completer):
        """Asks the remote side."""

        def get_completions(
            self, document: typing.Any, complete_event: typing.Any
        ) -> typing.Iterator[prompt_toolkit.completion.Completion]:
            """The matches for the text before the cursor and behind it."""
            found = complete(document.text, document.cursor_position)
            for text, shown in found.matches:
                yield prompt_toolkit.completion.Completion(
                    text, start_position=found.start - document.cursor_position, display=shown
                )

    return Remote()


def _keys() -> prompt_toolkit.key_binding.KeyBindings:
    keys = prompt_toolkit.key_binding.KeyBindings()

    @keys.add("enter", filter=~prompt_toolkit.filters.completion_is_selected)
    def _enter(event: typing.Any) -> None:
        buffer = event.current_buffer
        if is_incomplete(buffer.text):
            buffer.newline(copy_margin=False)
        else:
            buffer.validate_and_handle()

    @keys.add("enter", filter=prompt_toolkit.filters.completion_is_selected)
    def _take(event: typing.Any) -> None:
        event.current_buffer.complete_state = None

    return keys
