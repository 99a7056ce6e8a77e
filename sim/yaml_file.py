"""YAML from strangers: safe tags only, bounded size, depth and aliases, no duplicate keys, known lines."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from sim.errors import InputError, NotFoundError

MAX_BYTES = 2_000_000
MAX_DEPTH = 24
MAX_NODES = 100_000
_PLAIN_TAGS = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
Where = tuple[Hashable, ...]


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
    except IsADirectoryError as error:
        raise InputError(en="this is a folder, not a file", zh="这是文件夹，不是文件", file=path) from error
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
