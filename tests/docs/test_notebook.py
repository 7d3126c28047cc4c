"""The notebook runs from top to bottom on a real root."""

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from muniment import flows
from muniment.schemas.review import Decision
from muniment.schemas.source import Source
from muniment.tasks.review.decide import decide

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@pytest.mark.filterwarnings("ignore")
def test_the_lineage_notebook_runs_and_draws(
    uri: str, corpus: Path, register: Callable[..., Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    register(corpus)
    flows.capture("handbook", root=uri)
    decide(uri, "handbook", Decision.APPROVE, "for the notebook", "dana")
    flows.promote(root=uri)
    monkeypatch.setenv("MUNIMENT_ROOT", uri)
    notebook = nbformat.read(NOTEBOOKS / "lineage.ipynb", as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(NOTEBOOKS)}}).execute()
    drawn = [
        output
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
    assert len(drawn) == 4


def test_notebooks_are_kept_without_outputs() -> None:
    for path in NOTEBOOKS.glob("*.ipynb"):
        assert all(not cell.get("outputs") for cell in nbformat.read(path, as_version=4).cells), path
