"""Files and requests against their models: every fault in one sentence, in both languages, with its line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, InitErrorDetails, to_json

from sim.errors import InputError, JinlingError
from sim.text import Text
from sim.yaml_file import Document, Where, read_yaml

ModelT = TypeVar("ModelT", bound=BaseModel)
#: What must be, by the type of pydantic's error; the names in braces are those of its context.
_MAPPING = Text("must be keys with values", "应为键值映射")
_TRUTH = Text("must be true or false", "应为 true 或 false")
_NUMBER = Text("must be a number", "应为数字")
_WHOLE = Text("must be a whole number", "应为整数")
_LIST = Text("must be a list", "应为列表")
_MUST = {
    "bool_parsing": _TRUTH,
    "bool_type": _TRUTH,
    "dict_type": _MAPPING,
    "finite_number": Text("must be a finite number", "应为有限数"),
    "float_parsing": _NUMBER,
    "float_type": _NUMBER,
    "greater_than": Text("must be more than {gt}", "应大于 {gt}"),
    "greater_than_equal": Text("must be {ge} or more", "应不小于 {ge}"),
    "int_from_float": _WHOLE,
    "int_parsing": _WHOLE,
    "int_type": _WHOLE,
    "json_invalid": Text("is not JSON", "不是有效的 JSON"),
    "less_than": Text("must be less than {lt}", "应小于 {lt}"),
    "less_than_equal": Text("must be {le} or less", "应不大于 {le}"),
    "list_type": _LIST,
    "literal_error": Text("must be {expected}", "应为 {expected}"),
    "model_attributes_type": _MAPPING,
    "model_type": _MAPPING,
    "path_type": Text("must be the path of a file", "应为文件路径"),
    "string_pattern_mismatch": Text("must fit the pattern {pattern}", "应符合格式 {pattern}"),
    "string_too_long": Text("must have {max_length} characters at most", "最多 {max_length} 个字符"),
    "string_too_short": Text("must have {min_length} characters at least", "至少 {min_length} 个字符"),
    "string_type": Text("must be text", "应为文本"),
    "too_long": Text("must have {max_length} entries at most", "最多 {max_length} 项"),
    "too_short": Text("must have {min_length} entries at least", "至少 {min_length} 项"),
    "tuple_type": _LIST,
}
#: Patterns in words.
_PATTERNS = {
    r"^[A-Za-z0-9_\-]{1,60}$": Text("must be 1 to 60 letters, digits, _ or -", "应为 1 至 60 个字母、数字、_ 或 -"),
    r"^[0-9a-f]{32}$": Text("must be an id of 32 hexadecimal digits", "应为 32 位十六进制编号"),
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
    must = _must(fault["type"], context) or Text(f"is not valid ({fault['msg']})", f"无效（{fault['msg']}）")
    return Text(f"{name}: {must.en}; {came} came", f"{name}：{must.zh}；收到 {came}")


def _must(kind: str, context: Mapping[str, Any]) -> Text | None:
    """Return what a field must be, in our own words; None where pydantic's have to do."""
    if kind == "string_pattern_mismatch" and context["pattern"] in _PATTERNS:
        return _PATTERNS[context["pattern"]]
    if kind not in _MUST:
        return None
    said = {key: f"{value:g}" if isinstance(value, float) else str(value) for key, value in context.items()}
    en = _MUST[kind].en.format(**said)
    if "expected" in said:
        said["expected"] = said["expected"].replace(", ", "、").replace(" or ", " 或 ")
    return Text(en, _MUST[kind].zh.format(**said))


def check_each(checks: Mapping[Where, Callable[[], object]], within: Where = ()) -> None:
    """Run the checks of parts, by their places; raise every fault of all of them as one `ValidationError`.

    A validator that raises it tells pydantic of each fault by itself, so that none hides the next one. What a
    `validated` part lacks lies `within` the part's place.
    """
    found: list[InitErrorDetails] = []
    for place, check in checks.items():
        try:
            check()
        except InputError as error:
            if isinstance(error.__cause__, ValidationError):
                found += [_placed(fault, (*place, *within)) for fault in error.__cause__.errors(include_url=False)]
            else:
                found.append(InitErrorDetails(type="value_error", loc=_loc(place), input=None, ctx={"error": error}))
    if found:
        raise ValidationError.from_exception_data("parts", found)


def _placed(fault: ErrorDetails, place: Where) -> InitErrorDetails:
    return InitErrorDetails(type=fault["type"], loc=_loc((*place, *fault["loc"])), input=fault["input"],
                            ctx=fault.get("ctx", {}))  # fmt: skip


def _loc(place: Where) -> tuple[int | str, ...]:
    return tuple(part if isinstance(part, int) else str(part) for part in place)


def faults_of(model: type[ModelT], document: Document, path: Path) -> ModelT | list[InputError]:
    """Return the validated model, or every fault of the document with its line."""
    try:
        return _strictly(model, document.data)
    except ValidationError as error:
        faults = []
        for fault in error.errors(include_url=False):
            if fault["type"] == "too_short" and len(fault["input"]) >= fault["ctx"]["min_length"]:
                continue  # it is long enough: parts of it are faulty, which is told of them
            where = _known_path(document, fault["loc"])
            said = told(fault, where)
            faults.append(InputError(en=said.en, zh=said.zh, file=path, line=_line_of(document, where)))
        return faults


def _strictly(model: type[ModelT], data: Any) -> ModelT:
    """Return the model of plain data in which no text and no truth stands for a number, as JSON tells them apart.

    As JSON, since Python's strictness would refuse the lists of YAML where tuples are kept.
    """
    return model.model_validate_json(to_json(data, inf_nan_mode="constants", serialize_unknown=True), strict=True)


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
        return _strictly(model, data)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        said = told(fault, () if fault["loc"] else tuple(where.split(".")[:-1]))
        before = where if fault["loc"] else ""
        raise InputError(en=f"{before}{said.en}", zh=f"{before}{said.zh}") from error


def load_model(model: type[ModelT], path: Path) -> ModelT:
    """Read `path` as `model`; raise the first fault as `InputError` with file and line."""
    result = faults_of(model, read_yaml(path), path)
    if isinstance(result, list):
        raise result[0]
    return result
