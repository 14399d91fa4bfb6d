"""The engine `warm` for papermill: `papermill --engine warm NOTEBOOK OUTPUT` uses it too."""

from pathlib import Path

from papermill.engines import Engine, NotebookExecutionManager
from papermill.log import logger

from helpers.publish import warm


class WarmEngine(Engine):
    """Executes a notebook in a fresh process that has imported what is heavy already."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        log_output: bool = False,
        execution_timeout: float | None = None,
        stdout_file: object = None,
        stderr_file: object = None,
        **_: object,
    ) -> None:
        """Execute the cells of a notebook, as papermill asks of an engine.

        Parameters
        ----------
        nb_man
            Holds the notebook, and is told of each cell.
        kernel_name
            Of no account: the notebook runs in the Python that runs this.
        log_output
            Log what cells print.
        execution_timeout
            Seconds that one cell may take.
        stdout_file, stderr_file
            Refused: what is printed goes into the notebook only.
        """
        from helpers.publish import shell

        if stdout_file or stderr_file:
            raise ValueError("the engine warm writes no files of what is printed; use nbclient")
        # A process that was made for this notebook need not make another one.
        told = (nb_man.nb, str(Path.cwd()))
        fresh = warm.is_fresh()
        run = (
            shell.cells(*told)
            if fresh
            else warm.stream(shell.cells, *told, seconds=execution_timeout)
        )
        for at, done in run:
            cell = nb_man.nb.cells[at]
            if done is None:
                nb_man.cell_start(cell, at)
                continue
            cell.outputs, cell.execution_count = done.outputs, done.count
            if log_output:
                _log(done)
            if done.failed:
                nb_man.cell_exception(cell, cell_index=at)
            nb_man.cell_complete(cell, cell_index=at)
        nb_man.nb.metadata["language_info"] = dict(shell.LANGUAGE)


def _log(done: object) -> None:
    """Log what a cell has printed."""
    for output in done.outputs:
        if output.output_type == "stream":
            logger.info(output.text.rstrip("\n"))
