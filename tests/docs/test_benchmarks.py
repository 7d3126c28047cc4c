"""The list of benchmarks names each that can be run."""

from pathlib import Path

FOLDER = Path(__file__).parents[2] / "benchmarks"


def _names(program: Path) -> tuple[str, str]:
    """As a module and as a file."""
    module = ".".join(program.relative_to(FOLDER.parent).with_suffix("").parts).removesuffix(".__main__")
    return f"python -m {module}", f"python {program.relative_to(FOLDER.parent)}"


def test_every_benchmark_that_can_be_run_is_listed() -> None:
    listed = (FOLDER / "README.md").read_text()
    programs = [each for each in FOLDER.rglob("*.py") if '__name__ == "__main__"' in each.read_text()]
    programs = [each for each in programs if "peers" not in each.parts and each.name != "ours.py"]  # started by a benchmark
    named = {each: any(f"`{name}`" in listed or f"`{name} " in listed for name in _names(each)) for each in programs}
    assert len(named) > 20 and [each.name for each, is_listed in named.items() if not is_listed] == []
