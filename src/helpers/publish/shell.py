"""The cells of a notebook executed in this process, with the outputs that a kernel would give.

The engine `warm` of papermill has this done in a process of its own; see `warm`.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ipykernel.ipkernel import IPythonKernel
from ipykernel.jsonutil import encode_images, json_clean
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode
from nbformat.v4 import new_output
from traitlets import Type

LANGUAGE = dict(IPythonKernel.language_info)
# Cells with these tags are passed over, or may raise errors, as with any kernel.
SKIPPED, MAY_FAIL = "skip-execution", "raises-exception"


class Done(NamedTuple):
    """A cell that was executed: its outputs, its execution count, whether it failed."""

    outputs: list[NotebookNode]
    count: int
    failed: bool


def cells(notebook: NotebookNode, folder: str) -> Iterator[tuple[int, Done | None]]:
    """Execute the code cells of a notebook, one after the other, until one fails.

    Parameters
    ----------
    notebook
        The notebook; it is not changed.
    folder
        Where its code runs.

    Yields
    ------
    tuple
        The place of a cell with nothing when it starts, and with what came of it when it is done.
    """
    os.chdir(folder)
    # Where a kernel has it: what is installed does not hide what lies beside the notebook.
    installed = [n for n, p in enumerate(sys.path) if Path(p).name.endswith("-packages")]
    sys.path.insert(installed[0] if installed else len(sys.path), "")
    shell = Shell.instance()
    # As in a kernel, figures that nobody shows appear when their cell ends.
    shell.enable_matplotlib("inline")
    for at, cell in enumerate(notebook.cells):
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "code" and cell.source.strip() and SKIPPED not in tags:
            yield at, None
            done = shell.executed(cell.source)
            failed = done.failed and MAY_FAIL not in tags
            yield at, done._replace(failed=failed)
            if failed:
                return


class _Hook(DisplayHook):
    """Takes the value of a cell's last expression."""

    def start_displayhook(self) -> None:
        """Begin nothing: there is no prompt to write."""

    def write_output_prompt(self) -> None:
        """Write nothing, as above."""

    def write_format_data(self, format_dict: dict, md_dict: dict | None = None) -> None:
        """Keep the value in all its forms."""
        self.shell.shown.append(_output("execute_result", format_dict, md_dict, self.prompt_count))

    def finish_displayhook(self) -> None:
        """End nothing, as above."""


class _Publisher(DisplayPublisher):
    """Takes what a cell displays."""

    def publish(
        self,
        data: dict,
        metadata: dict | None = None,
        *,
        transient: dict | None = None,
        update: bool = False,
        **_: object,
    ) -> None:
        """Keep what is displayed; an update takes the place of what has the same display id."""
        self.shell.shown.show(
            _output("display_data", data, metadata), (transient or {}).get("display_id"), update
        )

    def clear_output(self, wait: bool = False) -> None:
        """Drop what the cell has shown, or do so when it shows something else."""
        self.shell.shown.clear(wait)


class _Stream:
    """Takes what is printed."""

    encoding, errors, closed = "utf-8", "strict", False

    def __init__(self, name: str, shell: "Shell") -> None:
        self.name, self._shell = name, shell

    def write(self, text: str) -> int:
        """Keep text; pieces that follow each other become one."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._shell.shown.write(self.name, text)
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        """Keep lines."""
        self.write("".join(lines))

    def flush(self) -> None:
        """Do nothing: all is kept at once."""

    def isatty(self) -> bool:
        """Tell that this is no terminal."""
        return False

    def writable(self) -> bool:
        """Tell that it can be written to."""
        return True


class _Shown:
    """What one cell has shown so far."""

    def __init__(self) -> None:
        self.outputs: list[NotebookNode] = []
        self._named: dict[str, list[NotebookNode]] = {}
        self._clear_first = False

    def append(self, output: NotebookNode) -> None:
        """Add an output."""
        if self._clear_first:
            self.clear(wait=False)
        self.outputs.append(output)

    def show(self, output: NotebookNode, name: str | None, update: bool) -> None:
        """Add what is displayed, or put it in place of what has the same name."""
        if update:
            for earlier in self._named.get(name, []):
                earlier.data, earlier.metadata = output.data, output.metadata
            return
        self.append(output)
        if name:
            self._named.setdefault(name, []).append(output)

    def write(self, name: str, text: str) -> None:
        """Add what is printed to what was printed just before."""
        last = self.outputs[-1] if self.outputs and not self._clear_first else None
        if text and last is not None and last.get("name") == name:
            last.text += text
        elif text:
            self.append(new_output("stream", name=name, text=text))

    def clear(self, wait: bool) -> None:
        """Drop everything, or do so before the next output."""
        self._clear_first = wait
        if not wait:
            self.outputs = []


class Shell(InteractiveShell):
    """IPython without a terminal and without a memory of earlier sessions."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)

    def __init__(self, **more: object) -> None:
        self.shown = _Shown()
        super().__init__(colors="nocolor", **more)

    def init_history(self) -> None:
        """Keep no history file: what was typed elsewhere is no business of a notebook."""
        self.config.HistoryManager.enabled = False
        super().init_history()

    def enable_gui(self, gui: str | None = None) -> None:
        """Do nothing: there are no windows."""

    def executed(self, source: str) -> Done:
        """Execute the source of one cell and give what came of it."""
        self.shown = _Shown()
        count, usual = self.execution_count, (sys.stdout, sys.stderr)
        sys.stdout, sys.stderr = _Stream("stdout", self), _Stream("stderr", self)
        try:
            result = self.run_cell(source, store_history=True)
        finally:
            sys.stdout, sys.stderr = usual
        return Done(self.shown.outputs, count, not result.success)

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        """Keep an error."""
        self.shown.append(
            new_output("error", ename=etype.__name__, evalue=str(evalue), traceback=stb)
        )


def _output(kind: str, data: dict, metadata: dict | None, count: int | None = None) -> NotebookNode:
    """Make an output as it comes out of a notebook's file."""
    numbered = {} if count is None else {"execution_count": count}
    plain = json.loads(json.dumps(json_clean(encode_images(data))))
    return new_output(kind, data=plain, metadata=json_clean(metadata or {}), **numbered)
