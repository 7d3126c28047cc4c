"""A question as it comes over the network: what the product asks everywhere, read strictly."""

from typing import Annotated, Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import Field, ValidationError
from pydantic_core import from_json, to_json

from muniment.schemas.search import Question
from muniment.server.search.problems import Refused

REFERENCE = "#/components/schemas/{model}"
DESCRIBED: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": {"$ref": REFERENCE.format(model="Asked")}}}}
}


class Asked(Question):
    """A question: never empty, never a book."""

    text: Annotated[str, Field(min_length=1, max_length=2000)]


async def asked_of(request: Request) -> Asked:
    """The question in the body of a request. Nothing is taken for what it is not: no number for a time, no word for a number.

    Raises `RequestValidationError`, and `Refused` for another media type: browsers send those from any page without asking first.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refused(415, "media-type", "Not JSON", "A question is sent as JSON.", "Send `Content-Type: application/json`.")
    return read(await request.body())


def read(body: bytes) -> Asked:
    """The question in JSON text; raises `RequestValidationError`."""
    try:
        return Asked.model_validate_json(_whole(body), strict=True)
    except ValidationError as error:
        wrong: list[Any] = [{**each, "loc": ("body", *each["loc"])} for each in error.errors(include_input=False)]
    except ValueError:
        wrong = [{"loc": ("body",), "msg": "This is not JSON", "type": "json_invalid"}]
    raise RequestValidationError(wrong)


def _whole(body: bytes) -> bytes:
    """The same JSON with 5.0 as 5: JSON knows no integers, and those are the same number. Raises `ValueError`."""
    fields = from_json(body)
    if not isinstance(fields, dict):
        return body
    return to_json({name: int(each) if isinstance(each, float) and each.is_integer() else each for name, each in fields.items()})


def schemas() -> dict[str, Any]:
    """The records of a question, for OpenAPI."""
    described = Asked.model_json_schema(ref_template=REFERENCE)
    return {**described.pop("$defs", {}), "Asked": described}
