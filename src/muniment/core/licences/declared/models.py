"""Licences of models as their publishers' pages name them: `llama3.1`, `openrail++`, "Gemma Terms of Use"."""

import re

_SCANCODE = "LicenseRef-scancode-"
_TAIL = r"(?:[\s-]*(?:community|model))*(?:[\s-]*(?:licen[sc]e|agreement|terms of use|terms|tou))*(?:\s*\d{4})?"
_NAMES = tuple(
    (re.compile(pattern + _TAIL, re.IGNORECASE), name)
    for pattern, name in (
        (r"(?:meta[\s-]+)?llama[\s-]?2(?:\.0)?", f"{_SCANCODE}llama-2-license-2023"),
        (r"(?:meta[\s-]+)?llama[\s-]?3(?:\.0)?", "LicenseRef-Llama-3"),
        (r"(?:meta[\s-]+)?llama[\s-]?3\.([123])", f"{_SCANCODE}llama-3.{{}}-license-2024"),
        (r"(?:meta[\s-]+)?llama[\s-]?4(?:\.0)?", f"{_SCANCODE}llama-4-cla-2025"),
        (r"gemma", f"{_SCANCODE}gemma-tou-2024-04-01"),
        (r"(?:tongyi[\s-]+)?qwen", "LicenseRef-Qwen"),
        (r"deepseek", f"{_SCANCODE}deepseek-la-1.0"),
        (r"falcon[\s-]?180b(?:[\s-]tii)?", "LicenseRef-Falcon-180B"),
        (r"stability[\s-]?ai[\s-]community", f"{_SCANCODE}stability-ai-community-2024"),
        (r"nvidia[\s-]open", f"{_SCANCODE}nvidia-open-model-2025-04-28"),
        (r"grok[\s-]?2", "LicenseRef-Grok-2"),
        (r"mrl(?:-0\.1)?|mistral(?: ai)? research", "LicenseRef-Mistral-Research"),
        (r"mnpl(?:-0\.1)?|mistral(?: ai)? non-production", "LicenseRef-Mistral-Non-Production"),
        (r"apple[\s-]amlr|apple machine learning research", "LicenseRef-Apple-AMLR"),
        (r"apple[\s-]ascl", "LicenseRef-Apple-Sample-Code"),
        (r"fair[\s-]noncommercial[\s-]research", "LicenseRef-FAIR-Noncommercial-Research"),
        (r"deepfloyd[\s-]if", "LicenseRef-DeepFloyd-IF"),
        (r"intel-research", "LicenseRef-Intel-Research"),
        (r"h-research", "LicenseRef-H-Research"),
        (r"open[\s-]?rail(?:[\s-]?[dams]{1,3})?", "LicenseRef-OpenRAIL"),
        (r"(?:creativeml[\s-])?open[\s-]?rail\+\+(?:-m)?", "LicenseRef-CreativeML-OpenRAIL-PP-M"),
        (r"creativeml[\s-]open[\s-]?rail(?:[\s-]?m)?", f"{_SCANCODE}stable-diffusion-2022-08-22"),
        (r"bigscience[\s-]open[\s-]?rail[\s-]?m", f"{_SCANCODE}bigscience-open-rail-m"),
        (r"bigscience-bloom-rail-1\.0", f"{_SCANCODE}bigscience-rail-1.0"),
        (r"bigcode[\s-]open[\s-]?rail[\s-]?m(?:[\s-]v1)?", f"{_SCANCODE}bigcode-open-rail-m-v1"),
        (r"(?:ai2[\s-])?impact[\s-](?:licen[sc]e[\s-])?(lr|mr|hr)", "LicenseRef-AI2-ImpACT-{}"),
        (r"open-?mdw(?:-1\.0)?", "OpenMDW-1.0"),
    )
)


def model(statement: str) -> str | None:
    """The identifier of a model licence that a statement names and nothing else; None for any other."""
    for pattern, name in _NAMES:
        if found := pattern.fullmatch(statement):
            return name.format(*(group.upper() for group in found.groups() if group))
    return None
