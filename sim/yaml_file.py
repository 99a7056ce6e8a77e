"""YAML from strangers: safe tags only, bounded size, depth and aliases, no duplicate keys, known lines."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sim.errors import InputError, JinlingError, NotFoundError

MAX_BYTES = 2_000_000
MAX_DEPTH = 24
MAX_NODES = 100_000
_PLAIN_TAGS = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
Where = tuple[Hashable, ...]
ModelT = TypeVar("ModelT", bound=BaseModel)


class Document(NamedTuple):
    """A parsed file: plain data, and the line of every value by its path of keys."""

    data: Any
    lines: dict[Where, int]


class _Reader:
    """Turns a YAML node graph into plain data within the limits, and notes the lines."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: dict[Where, int] = {}
        self.nodes = 0
        self._scalars = yaml.SafeLoader("")

    def read(self, node: yaml.Node, where: Where) -> Any:
        line = node.start_mark.line + 1
        self.lines[where] = line
        self.nodes += 1
        if self.nodes > MAX_NODES or len(where) > MAX_DEPTH:
            raise InputError(
                en=f"the file unfolds to more than {MAX_NODES} values or {MAX_DEPTH} levels",
                zh=f"文件展开后超过 {MAX_NODES} 个值或 {MAX_DEPTH} 层",
                file=self.path,
                line=line,
            )
        if isinstance(node, yaml.CollectionNode) and node.tag not in _PLAIN_TAGS:
            raise self._not_allowed(node)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, where)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(child, (*where, i)) for i, child in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, where: Where) -> dict[Hashable, Any]:
        data: dict[Hashable, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode) or key_node.value == "<<":
                raise InputError(
                    en="a key must be plain text, and keys are not merged",
                    zh="键必须是普通文本，且不支持合并键",
                    file=self.path,
                    line=line,
                )
            key = self._scalar(key_node)
            if key in data:
                raise InputError(
                    en=f"key {key!r} stands twice",
                    zh=f"键 {key!r} 重复",
                    file=self.path,
                    line=line,
                )
            data[key] = self.read(value_node, (*where, key))
            self.lines[(*where, key)] = line
        return data

    def _scalar(self, node: yaml.Node) -> Any:
        try:
            return self._scalars.construct_object(node)
        except (yaml.YAMLError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise self._not_allowed(node) from error

    def _not_allowed(self, node: yaml.Node) -> InputError:
        shown = repr(node.value if isinstance(node, yaml.ScalarNode) else node.tag)[:60]
        return InputError(
            en=f"value {shown} has a tag or form that is not allowed",
            zh=f"值 {shown} 的标记或形式不被允许",
            file=self.path,
            line=node.start_mark.line + 1,
        )


def read_yaml(path: Path) -> Document:
    """Read a YAML file into plain data; raise `InputError` with file and line for any fault."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(
                en=f"the file is larger than {MAX_BYTES} bytes",
                zh=f"文件超过 {MAX_BYTES} 字节",
                file=path,
            )
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(en="the file is not UTF-8 text", zh="文件不是 UTF-8 文本", file=path) from error
    except PermissionError as error:
        raise InputError(en="the file may not be read", zh="无权读取该文件", file=path) from error
    except OSError as error:
        raise NotFoundError(en="there is no such file", zh="文件不存在", file=path) from error
    return parse_yaml(text, path)


def parse_yaml(text: str, path: Path) -> Document:
    """Parse YAML `text` that came from `path`."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise InputError(
            en=f"this is not YAML: {error.problem}",
            zh=f"不是有效的 YAML：{error.problem}",
            file=path,
            line=None if mark is None else mark.line + 1,
        ) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise InputError(en="this is not YAML that can be read", zh="不是可读取的 YAML", file=path) from error
    if node is None:
        raise InputError(en="the file is empty", zh="文件为空", file=path)
    reader = _Reader(path)
    return Document(reader.read(node, ()), reader.lines)


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


def _sentence(fault: ErrorDetails, where: Where) -> tuple[str, str]:
    field = ".".join(str(part) for part in fault["loc"] if not str(part).startswith("function-"))
    if fault["type"] == "extra_forbidden":
        return f"field {field!r} is unknown", f"字段 {field!r} 未知"
    if fault["type"] == "missing":
        return f"field {field!r} is missing", f"缺少字段 {field!r}"
    came = repr(fault["input"])[:60]
    name = field or ".".join(map(str, where)) or "file"
    cause = fault.get("ctx", {}).get("error")
    if isinstance(cause, JinlingError):
        return f"{name}: {cause.text.en}", f"{name}：{cause.text.zh}"
    return f"{name}: {fault['msg']}; {came} came", f"{name}：{fault['msg']}；收到 {came}"


def faults_of(model: type[ModelT], document: Document, path: Path) -> ModelT | list[InputError]:
    """Return the validated model, or every fault of the document with its line."""
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        faults = []
        for fault in error.errors(include_url=False):
            where = _known_path(document, fault["loc"])
            en, zh = _sentence(fault, where)
            faults.append(InputError(en=en, zh=zh, file=path, line=_line_of(document, where)))
        return faults


def validated(model: type[ModelT], data: Mapping[str, Any], where: str = "") -> ModelT:
    """Return a model of the part `where` of a document; raise its first fault as an `InputError` that names the field."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        en, zh = _sentence(error.errors(include_url=False)[0], ())
        raise InputError(en=f"{where}{en}", zh=f"{where}{zh}") from error


def load_model(model: type[ModelT], path: Path) -> ModelT:
    """Read `path` as `model`; raise the first fault as `InputError` with file and line."""
    result = faults_of(model, read_yaml(path), path)
    if isinstance(result, list):
        raise result[0]
    return result
