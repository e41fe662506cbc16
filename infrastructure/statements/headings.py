"""Headings that formats leave to their style files, in the languages that are met the most."""

from collections.abc import Mapping
from types import MappingProxyType

_ENGLISH = ("Input", "Output", "Interaction", "Scoring", "Note", "Constraints", "Explanation")
_OTHERS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "ru": ("Входные данные", "Выходные данные", "Протокол взаимодействия", "Система оценки", "Замечание",
           "Ограничения", "Пояснение"),
    "uk": ("Вхідні дані", "Вихідні дані", "Протокол взаємодії", "Оцінювання", "Зауваження", "Обмеження", "Пояснення"),
    "sv": ("Indata", "Utdata", "Interaktion", "Poängsättning", "Anmärkning", "Begränsningar", "Förklaring"),
    "es": ("Entrada", "Salida", "Interacción", "Puntuación", "Nota", "Restricciones", "Explicación"),
    "pt": ("Entrada", "Saída", "Interação", "Pontuação", "Nota", "Restrições", "Explicação"),
    "de": ("Eingabe", "Ausgabe", "Interaktion", "Bewertung", "Hinweis", "Beschränkungen", "Erklärung"),
    "fr": ("Entrée", "Sortie", "Interaction", "Barème", "Note", "Contraintes", "Explication"),
    "it": ("Input", "Output", "Interazione", "Punteggio", "Nota", "Assunzioni", "Spiegazione"),
    "pl": ("Wejście", "Wyjście", "Interakcja", "Ocenianie", "Uwaga", "Ograniczenia", "Wyjaśnienie"),
    "zh": ("输入", "输出", "交互", "评分", "提示", "数据范围", "解释"),
})  # fmt: skip


def headings(language: str) -> Mapping[str, str]:
    """By the English one. ``language`` is a tag; one that is not known gets English."""
    own = _OTHERS.get(language.lower().partition("-")[0], _ENGLISH)
    return dict(zip(_ENGLISH, own, strict=True))
