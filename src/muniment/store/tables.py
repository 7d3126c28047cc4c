"""Files of records that people hand us: JSON Lines (plain or gzip), Parquet, CSV."""

from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from muniment.errors import InvalidRecord, NotFound


def read_records(path: Path) -> pl.DataFrame:
    """All records of a file as columns; raises `NotFound` or `InvalidRecord`."""
    if not path.is_file():
        raise NotFound(f"{path} is not a file.", "Check the path.")
    try:
        if path.suffix == ".parquet":
            return pl.read_parquet(path)
        if path.suffix == ".csv":
            return pl.read_csv(path, infer_schema_length=None)
        return pl.read_ndjson(path, infer_schema_length=None)
    except PolarsError as error:
        raise InvalidRecord(
            "MALFORMED", f"{path.name} cannot be read ({type(error).__name__}).", "Give JSON Lines, Parquet or CSV."
        ) from None
