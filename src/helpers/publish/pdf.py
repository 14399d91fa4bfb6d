"""Print pages as PDF through the Chromium that is there."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from helpers import files

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
)
SECONDS = 180
FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--no-first-run",
    "--no-pdf-header-footer",
    "--generate-pdf-document-outline",
)


def browser() -> str:
    """Find a Chromium, or a browser built on it, among the programs.

    Raises
    ------
    ValueError
        If there is none; the message says what to install.
    """
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    raise ValueError(
        f"PDF needs Chromium or a browser built on it, and none was found ({', '.join(NAMES)}); "
        "install one, such as by `apt install chromium` on Debian and Ubuntu or "
        "`brew install --cask chromium` on a Mac, or open the HTML file in any browser and "
        "print it to a file"
    )


def print_pdf(page: Path, pdf: Path) -> None:
    """Print an HTML file as PDF, whole or not at all.

    Parameters
    ----------
    page
        The HTML file.
    pdf
        Where the PDF goes; an older one stays in place until the new one is complete.

    Raises
    ------
    ValueError
        If there is no browser that can print, or if it does not print within its time.
    """
    # Rendering imports much; whether there is a browser is asked before.
    from helpers.publish import render

    program = browser()
    pdf.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=pdf.parent, prefix=".printing-") as folder:
        part, copy = Path(folder) / "page.pdf", Path(folder) / page.name
        # A PDF would keep the folders of this machine in links to neighbours.
        copy.write_text(render.alone(page.read_text(encoding="utf-8")), encoding="utf-8")
        _run([program, *_flags(folder), f"--print-to-pdf={part}", copy.resolve().as_uri()], page)
        if not part.exists() or not part.read_bytes().rstrip().endswith(b"%%EOF"):
            raise ValueError(f"{page.name} was not printed: {program} wrote no complete PDF")
        files.put(part, pdf)


def _flags(folder: str) -> list[str]:
    """Choose the flags: a profile of its own, and no sandbox only where root cannot have one."""
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return [*FLAGS, f"--user-data-dir={folder}/profile", *root]


def _run(command: list[str], page: Path) -> None:
    """Run the browser, and say in one line why it did not print if it did not."""
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise ValueError(f"{page.name} was not printed within {SECONDS} seconds") from None
    except (subprocess.CalledProcessError, OSError) as error:
        said = getattr(error, "stderr", b"") or str(error).encode()
        last = said.decode(errors="replace").strip().splitlines()[-1:]
        raise ValueError(f"{page.name} was not printed: {' '.join(last)}") from None
