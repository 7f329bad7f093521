"""Texts of generated records: plain words in three languages, and rare ones that mean nothing."""

from __future__ import annotations

import random
from collections.abc import Sequence

from benchmarks.skew import Ranked

_WORDS = {
    "en": """data people training model group review test access work public learning support language community law
        measure system school health policy record question standard city report rights training team result study
        skills hiring credit speech image audit method guide network rule account complaint remedy office list survey
        voice labels benchmark dialect harvest clinic village harbour library workshop mentor scholarship tribunal
        transcript translation index register sample threshold checklist hearing petition fund grant forum charter
        notebook camera sensor keyboard railway market river teacher nurse farmer coder judge""",
    "fr": """données personnes formation modèle groupe examen essai accès travail public apprentissage soutien langue
        communauté loi mesure système école santé politique fiche question norme ville rapport droits équipe résultat
        étude compétences embauche crédit parole image audit méthode guide réseau règle compte plainte réparation
        bureau liste enquête voix étiquettes référence dialecte récolte clinique village port bibliothèque atelier
        mentorat bourse tribunal transcription traduction index registre échantillon seuil contrôle audience pétition
        fonds subvention forum charte cahier caméra capteur clavier chemin marché rivière""",
    "es": """datos personas formación modelo grupo revisión prueba acceso trabajo público aprendizaje apoyo lengua
        comunidad ley medida sistema escuela salud política ficha pregunta norma ciudad informe derechos equipo
        resultado estudio habilidades contratación crédito habla imagen auditoría método guía red regla cuenta queja
        reparación oficina lista encuesta voz etiquetas referencia dialecto cosecha clínica pueblo puerto biblioteca
        taller mentoría beca tribunal transcripción traducción índice registro muestra umbral control audiencia
        petición fondo subvención foro carta cuaderno cámara sensor teclado camino mercado río""",
}
_SYLLABLES = (
    "ba be bo da de do fa fi ga go ka ki ko la le lo ma mi mo na ne no pa pi ra re ri sa so ta te to va vo za zo"
)
_RARE = 5000
_TITLE = {"en": "Generated practice", "fr": "Pratique générée", "es": "Práctica generada"}
_OPENING = {
    "en": "Text made by a program for measurements; nobody does this.",
    "fr": "Texte produit par un programme pour des mesures ; personne ne fait cela.",
    "es": "Texto hecho por un programa para mediciones; nadie hace esto.",
}
_LANGUAGES = (("en",), ("en", "fr"), ("en", "es"), ("en", "fr", "es"), ("fr",), ("es",))
_SHARES = (0.55, 0.12, 0.12, 0.11, 0.05, 0.05)


class Texts:
    """Titles and descriptions; 6 words of 7 are plain and follow Zipf's law, the others are made up and mostly rare."""

    def __init__(self, rng: random.Random) -> None:
        self._plain = {language: Ranked(list(dict.fromkeys(words.split())), 0.8) for language, words in _WORDS.items()}
        parts = _SYLLABLES.split()
        made: dict[str, None] = {}
        while len(made) < _RARE:
            made["".join(rng.choices(parts, k=rng.randint(3, 5)))] = None
        self._rare = Ranked(list(made), 1.0)

    def languages(self, rng: random.Random) -> Sequence[str]:
        return rng.choices(_LANGUAGES, _SHARES)[0]

    def title(self, rng: random.Random, language: str, number: str) -> str:
        return f"{_TITLE[language]} {number}: {self.words(rng, language, rng.randint(3, 7))}"

    def description(self, rng: random.Random, language: str) -> str:
        sentences = [self.words(rng, language, rng.randint(7, 16)).capitalize() for _ in range(rng.randint(1, 4))]
        return " ".join([_OPENING[language], *(f"{sentence}." for sentence in sentences)])

    def words(self, rng: random.Random, language: str, count: int) -> str:
        return " ".join((self._rare if rng.random() < 1 / 7 else self._plain[language]).one(rng) for _ in range(count))
