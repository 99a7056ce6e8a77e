"""Names of streets, compounds and places: plausible, invented, in Chinese with pinyin."""

from __future__ import annotations

import numpy as np

_SYLLABLES = {
    "江": "jiang", "河": "he", "云": "yun", "庐": "lu", "梦": "meng", "奥": "ao", "应": "ying", "兴": "xing",
    "泰": "tai", "金": "jin", "沙": "sha", "福": "fu", "嘉": "jia", "燕": "yan", "富": "fu", "滨": "bin",
    "汉": "han", "楠": "nan", "白": "bai", "月": "yue", "平": "ping", "恒": "heng", "创": "chuang",
    "松": "song", "新": "xin", "华": "hua", "集": "ji", "庆": "qing", "友": "you", "双": "shuang",
    "和": "he", "安": "an", "文": "wen", "清": "qing", "凤": "feng", "龙": "long", "青": "qing",
    "柳": "liu", "湖": "hu", "桃": "tao", "莲": "lian", "康": "kang", "德": "de", "永": "yong", "长": "chang",
}  # fmt: skip
#: What follows the name of a street by its class, in Chinese and in English.
_STREET = {
    "trunk": ("大道", "Avenue"), "primary": ("大街", "Avenue"), "secondary": ("路", "Road"),
    "tertiary": ("街", "Street"), "residential": ("巷", "Lane"), "living_street": ("里", "Lane"),
}  # fmt: skip
_SECTION = {"": "", "北": "North ", "中": "Middle ", "南": "South ", "东": "East ", "西": "West "}
_COMPOUND = ("花园", "苑", "小区", "新村", "雅居", "家园", "公寓")


class Names:
    """A bag of two-syllable names in random order, each given once before any comes again."""

    def __init__(self, rng: np.random.Generator) -> None:
        first = list(_SYLLABLES)
        self._pairs = [a + b for a in first for b in first if a != b]
        self._order = rng.permutation(len(self._pairs)).tolist()
        self._given = 0

    def next(self) -> str:
        """Return a name of two characters."""
        pair: str = self._pairs[self._order[self._given % len(self._order)]]
        self._given += 1
        return pair

    def compound(self) -> str:
        """Return the name of a gated compound."""
        return self.next() + _COMPOUND[self._given % len(_COMPOUND)]


def pinyin(name: str) -> str:
    """Return a name of known characters in pinyin without tones, capitalised."""
    return "".join(_SYLLABLES[character] for character in name).capitalize()


def street_names(base: str, road: str, section: str = "") -> tuple[str, str]:
    """Return the Chinese and the English name of a street, perhaps of one section of it."""
    zh, en = _STREET[road]
    # A section belongs before 路 alone; a 大街 is 北大街, a 大道 keeps its section in the same place.
    return f"{base}{section}{zh}", f"{pinyin(base)} {_SECTION[section]}{en}"
