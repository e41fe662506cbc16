from application.languages.usecases.list_languages import LanguageOffer, ListLanguages

__all__ = ["LanguageOffer", "ListLanguages"]
