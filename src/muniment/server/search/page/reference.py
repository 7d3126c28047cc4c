"""The reference of the API as a page, written from its OpenAPI: no viewer from elsewhere, nothing to run."""

import json
from collections.abc import Sequence
from html import escape
from typing import Any

_HEAD = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>API · Muniment</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
    '<link rel="icon" href="/static/mark.svg" type="image/svg+xml"><link rel="stylesheet" href="/static/page.css"></head><body>'
    '<header class="top"><a class="brand" href="/"><img src="/static/mark.svg" alt="" width="28" height="28"><span>Muniment</span></a>'
    '<nav aria-label="API"><a href="/openapi.json">OpenAPI</a></nav></header><main class="reference">'
)


def reference(described: dict[str, Any]) -> str:
    """HTML of an OpenAPI document: its operations, then its records."""
    about = described["info"]
    parts = [f"<h1>{escape(about['title'])} {escape(about['version'])}</h1><p>{escape(about.get('description', ''))}</p>"]
    for path, operations in described["paths"].items():
        parts += [_operation(path, method, operation) for method, operation in operations.items()]
    parts += [_record(name, schema) for name, schema in sorted(described["components"]["schemas"].items())]
    return _HEAD + "".join(parts) + "</main></body></html>"


def _operation(path: str, method: str, operation: dict[str, Any]) -> str:
    head = f'<h2><span class="method">{method.upper()}</span>{escape(path)}</h2><p>{escape(operation.get("description", ""))}</p>'
    rows = [(each["name"], each["in"], _type(each["schema"])) for each in operation.get("parameters", ())]
    given = _table("Parameters", ("Name", "In", "Type"), rows) if rows else ""
    if body := operation.get("requestBody"):
        given += f"<h3>Body</h3><p>{_type(next(iter(body['content'].values()))['schema'])}</p>"
    answers = [(code, _schemas(each), escape(each["description"])) for code, each in operation["responses"].items()]
    return f"<section>{head}{given}{_table('Answers', ('Status', 'Body', 'Meaning'), answers)}{_example(path, method)}</section>"


def _record(name: str, schema: dict[str, Any]) -> str:
    rows = [
        (f"<code>{escape(field)}</code>", _type(each), "yes" if field in schema.get("required", ()) else _default(each))
        for field, each in schema.get("properties", {}).items()
    ]
    table = _table("", ("Field", "Type", "Required"), rows) if rows else f"<p>{_type(schema)}</p>"
    return f'<section id="{escape(name)}"><h2>{escape(name)}</h2><p>{escape(schema.get("description", ""))}</p>{table}</section>'


def _table(title: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    head = "".join(f'<th scope="col">{each}</th>' for each in columns)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return (f"<h3>{title}</h3>" if title else "") + f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _schemas(response: dict[str, Any]) -> str:
    return ", ".join(_type(each.get("schema", {})) or escape(media) for media, each in response.get("content", {}).items())


def _type(schema: dict[str, Any]) -> str:
    """A schema in words; a record is a link to it."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if "anyOf" in schema:
        return " or ".join(_type(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(f"<code>{escape(str(each))}</code>" for each in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {})) or 'anything'}"
    bounds = {
        "minLength": "at least {} long",
        "maxLength": "at most {} long",
        "minimum": "from {}",
        "maximum": "to {}",
        "format": "{}",
    }
    said = [text.format(schema[name]) for name, text in bounds.items() if name in schema]
    return escape(" ".join([str(schema.get("type", "")), *([f"({', '.join(said)})"] if said else [])]).strip())


def _default(schema: dict[str, Any]) -> str:
    return f"no: <code>{escape(json.dumps(schema['default']))}</code>" if "default" in schema else "no"


def _example(path: str, method: str) -> str:
    body = ' -H \'Content-Type: application/json\' -d \'{"text": "how do I retry a request", "k": 3}\'' if method == "post" else ""
    sign = "" if path in ("/health", "/ready") else ' -H "Authorization: Bearer $KEY"'
    return f'<pre tabindex="0"><code>{escape(f"curl{sign}{body} $SEARCH{path}")}</code></pre>'
