"""Text in the two languages of Jinling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


class Text(NamedTuple):
    """One text that a user reads, in English and in Chinese."""

    en: str
    zh: str

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let a text be `{en: …, zh: …}` in files and answers."""
        from pydantic_core import core_schema

        one = core_schema.typed_dict_field(core_schema.str_schema(strict=True))
        both = core_schema.typed_dict_schema({"en": one, "zh": one}, extra_behavior="forbid")
        return core_schema.no_info_before_validator_function(
            lambda value: value._asdict() if isinstance(value, cls) else value,
            core_schema.no_info_after_validator_function(lambda value: cls(**value), both),
            serialization=core_schema.plain_serializer_function_ser_schema(
                cls._asdict, return_schema=core_schema.dict_schema()
            ),
        )

    def in_language(self, language: Language) -> str:
        """Return the text in `language`."""
        return self.zh if language == "zh" else self.en
