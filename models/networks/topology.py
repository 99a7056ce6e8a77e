"""What every network has: nodes, links between them, and sources that reach some of the nodes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from sim.errors import InputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Ends(NamedTuple):
    """The two nodes of every link; flow counts as positive from `tail` to `head`.

    tail, head : int64 [links], indices of nodes.
    """

    tail: Ints
    head: Ints


def ends(nodes: int, tail: ArrayLike, head: ArrayLike) -> Ends:
    """Return the checked ends of links among `nodes` nodes.

    Raises
    ------
    InputError
        A link names an unknown node, or begins and ends at the same one.
    """
    both = Ends(np.asarray(tail, dtype=np.int64), np.asarray(head, dtype=np.int64))
    if both.tail.shape != both.head.shape or both.tail.ndim != 1:
        raise InputError(en="every link needs two ends", zh="每条连接须有两个端点")
    unknown = (np.minimum(both.tail, both.head) < 0) | (np.maximum(both.tail, both.head) >= nodes)
    if unknown.any():
        link = int(np.argmax(unknown))
        raise InputError(en=f"link {link} names a node that does not exist (there are {nodes})",
                         zh=f"连接 {link} 指向不存在的节点（共 {nodes} 个节点）")  # fmt: skip
    if (both.tail == both.head).any():
        link = int(np.argmax(both.tail == both.head))
        raise InputError(en=f"link {link} begins and ends at node {both.tail[link]}",
                         zh=f"连接 {link} 的两端是同一节点 {both.tail[link]}")  # fmt: skip
    return both


def column(
    values: ArrayLike, size: int, what: tuple[str, str], least: float = -np.inf, *, above: bool = False
) -> Floats:
    """Return finite `values` as float64 [size], each at least `least` (or above it).

    Parameters
    ----------
    what
        What the values are, in English and in Chinese, for the sentence.

    Raises
    ------
    InputError
        A wrong number of values, one that is not finite, or one that is too small.
    """
    given = np.asarray(values, dtype=np.float64)
    if given.ndim > 1 or (given.ndim == 1 and len(given) != size):
        raise InputError(en=f"{what[0]}: {size} values are needed, {given.size} came",
                         zh=f"{what[1]}：需要 {size} 个值，实际 {given.size} 个")  # fmt: skip
    full = np.broadcast_to(given, (size,)).copy()
    bad = ~np.isfinite(full) | ((full <= least) if above else (full < least))
    if bad.any():
        where, sign = int(np.argmax(bad)), (">" if above else "≥")
        bound = "" if least == -np.inf else f" {sign} {least:g}"
        raise InputError(en=f"{what[0]} must be a number{bound}; number {where} is {full[where]:g}",
                         zh=f"{what[1]}须为{bound or ' 有限'} 的数；第 {where} 个为 {full[where]:g}")  # fmt: skip
    return full


def islands(nodes: int, links: Ends, usable: Bools) -> tuple[int, Ints]:
    """Return how many parts the usable links leave, and the part of every node, int64 [nodes]."""
    tail, head = links.tail[usable], links.head[usable]
    graph = coo_array((np.ones(len(tail), dtype=np.int8), (tail, head)), shape=(nodes, nodes))
    count, part = connected_components(graph, directed=False)
    return int(count), part.astype(np.int64)


def reached(nodes: int, links: Ends, usable: Bools, sources: Bools) -> Bools:
    """Return which nodes hang together with a source over usable links, bool [nodes]."""
    count, part = islands(nodes, links, usable)
    fed = np.zeros(count, dtype=np.bool_)
    fed[part[sources]] = True
    return fed[part]


def balance(nodes: int, links: Ends, flow: Floats) -> Floats:
    """Return what flows into each node less what flows out of it, float64 [nodes]."""
    return summed(links.head, flow, nodes) - summed(links.tail, flow, nodes)


def summed(where: Ints, what: Floats, size: int) -> Floats:
    """Return the sum of `what` at each of `size` places, float64 [size]."""
    return np.bincount(where, weights=what, minlength=size).astype(np.float64, copy=False)
