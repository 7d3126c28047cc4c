"""Small ONNX models with tokenizers, for tests: a table of word vectors, read through a mask."""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

WORDS = {
    "en": ["bread", "dough", "tide", "moon", "court", "appeal", "train", "rail", "query", "passage"],
    "de": ["brot", "teig", "flut", "mond", "gericht", "berufung", "zug", "schiene"],
}


def vectors(languages: list[str], width: int = 16) -> dict[str, np.ndarray]:
    """Words of one meaning lie together (bread, dough), those of languages that are not known all in one place."""
    drawn = np.random.default_rng(0).standard_normal((64, width)).astype(np.float32)
    return {
        word: drawn[place // 2 + 20 * (language == "de")] + 0.1 * drawn[40 + place] if language in languages else drawn[63]
        for language, words in WORDS.items()
        for place, word in enumerate(words)
    }


def folder(path: Path, languages: list[str], width: int = 16, wants: tuple[str, ...] = ("attention_mask",)) -> Path:
    """Write model.onnx, tokenizer.json and config.json."""
    table = vectors(languages, width)
    names = ["[UNK]", "[CLS]", "[SEP]", *table]
    rows = np.stack([np.zeros(width, np.float32), *np.full((2, width), 0.01, np.float32), *table.values()])
    tokens = Tokenizer(WordLevel({name: place for place, name in enumerate(names)}, unk_token="[UNK]"))
    tokens.pre_tokenizer = Whitespace()
    tokens.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)])
    path.mkdir(parents=True, exist_ok=True)
    tokens.save(str(path / "tokenizer.json"))
    (path / "config.json").write_text(json.dumps({"max_position_embeddings": 64}))
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["picked"]),
        helper.make_node("Cast", [wants[0]], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["weights"]),
        helper.make_node("Mul", ["picked", "weights"], ["last_hidden_state"]),
    ]
    reads = [helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "t"]) for name in ("input_ids", *wants)]
    gives = [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["n", "t", width])]
    constants = [numpy_helper.from_array(rows, "table"), numpy_helper.from_array(np.array([-1]), "last")]
    graph = helper.make_graph(nodes, "words", reads, gives, constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path / "model.onnx")
    return path


def collection(path: Path, language: list[str]) -> Path:
    """A BEIR folder: a document for every meaning and language, asked for by the other word of that meaning."""
    documents, queries, judged = [], [], ["query-id\tcorpus-id\tscore"]
    for name in language:
        for place, word in enumerate(WORDS[name][:8]):
            number = f"{name}{place // 2}"
            if place % 2:
                documents.append({"_id": f"d-{number}", "language": name, "text": word})
            else:
                queries.append({"_id": f"q-{number}", "language": name, "text": word})
                judged.append(f"q-{number}\td-{number}\t1")
    path.mkdir(parents=True, exist_ok=True)
    for file, rows in (("corpus.jsonl", documents), ("queries.jsonl", queries)):
        (path / file).write_text("".join(json.dumps(row) + "\n" for row in rows))
    (path / "qrels.tsv").write_text("\n".join(judged) + "\n")
    return path
