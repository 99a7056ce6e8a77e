"""Files and requests against their models: every fault in one sentence, in both languages, with its line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sim.errors import InputError, JinlingError
from sim.text import Text
from sim.yaml_file import Document, Where, read_yaml

ModelT = TypeVar("ModelT", bound=BaseModel)
#: What pydantic says in English, by the type of its error; the names in braces are those of its context.
_CHINESE = {
    "bool_parsing": "应为 true 或 false",
    "bool_type": "应为 true 或 false",
    "dict_type": "应为键值映射",
    "finite_number": "应为有限数",
    "float_parsing": "应为数字",
    "float_type": "应为数字",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "int_from_float": "应为整数",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "json_invalid": "不是有效的 JSON",
    "less_than": "应小于 {lt}",
    "less_than_equal": "应不大于 {le}",
    "list_type": "应为列表",
    "literal_error": "应为 {expected} 之一",
    "model_attributes_type": "应为键值映射",
    "model_type": "应为键值映射",
    "path_type": "应为文件路径",
    "string_pattern_mismatch": "应符合格式 {pattern}",
    "string_too_long": "最多 {max_length} 个字符",
    "string_too_short": "至少 {min_length} 个字符",
    "string_type": "应为文本",
    "too_long": "最多 {max_length} 项",
    "too_short": "至少 {min_length} 项",
    "tuple_type": "应为列表",
}
_ALONE = {
    "extra_forbidden": Text("field {field!r} is unknown", "字段 {field!r} 未知"),
    "missing": Text("field {field!r} is missing", "缺少字段 {field!r}"),
}


def told(fault: ErrorDetails, where: Where = ()) -> Text:
    """Return a fault that pydantic found as one sentence in each language, led by the name of the field."""
    field = ".".join(str(part) for part in fault["loc"] if not str(part).startswith("function-"))
    if fault["type"] in _ALONE:
        en, zh = _ALONE[fault["type"]]
        return Text(en.format(field=field), zh.format(field=field))
    name = field or ".".join(map(str, where)) or "file"
    context = fault.get("ctx", {})
    cause = context.get("error")
    if isinstance(cause, JinlingError):
        return Text(f"{name}: {cause.text.en}", f"{name}：{cause.text.zh}")
    came = repr(fault["input"])[:60]
    context = {key: str(value).replace(" or ", "、") for key, value in context.items()}
    chinese = _CHINESE[fault["type"]].format(**context) if fault["type"] in _CHINESE else f"无效（{fault['msg']}）"
    return Text(f"{name}: {fault['msg']}; {came} came", f"{name}：{chinese}；收到 {came}")


def faults_of(model: type[ModelT], document: Document, path: Path) -> ModelT | list[InputError]:
    """Return the validated model, or every fault of the document with its line."""
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        faults = []
        for fault in error.errors(include_url=False):
            if fault["type"] == "too_short" and len(fault["input"]) >= fault["ctx"]["min_length"]:
                continue  # it is long enough: parts of it are faulty, which is told of them
            where = _known_path(document, fault["loc"])
            said = told(fault, where)
            faults.append(InputError(en=said.en, zh=said.zh, file=path, line=_line_of(document, where)))
        return faults


def _line_of(document: Document, where: Where) -> int | None:
    """Return the line of the value at `where`, or of its nearest ancestor that stands in the file."""
    while where not in document.lines and where:
        where = where[:-1]
    return document.lines.get(where)


def _known_path(document: Document, where: tuple[int | str, ...]) -> Where:
    """Drop what pydantic adds to a path: the names of union members, which are no keys of the file."""
    known: Where = ()
    for part in where:
        if (*known, part) in document.lines:
            known = (*known, part)
    return known


def validated(model: type[ModelT], data: Mapping[str, Any], where: str = "") -> ModelT:
    """Return a model of the part `where` of a document; raise its first fault as an `InputError` that names the field."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        said = told(error.errors(include_url=False)[0])
        raise InputError(en=f"{where}{said.en}", zh=f"{where}{said.zh}") from error


def load_model(model: type[ModelT], path: Path) -> ModelT:
    """Read `path` as `model`; raise the first fault as `InputError` with file and line."""
    result = faults_of(model, read_yaml(path), path)
    if isinstance(result, list):
        raise result[0]
    return result
