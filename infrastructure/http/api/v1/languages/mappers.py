from application.languages.usecases import LanguageOffer
from infrastructure.http.api.v1.languages.models import LanguageModel


def language_model(offer: LanguageOffer) -> LanguageModel:
    """Commands as people read them."""
    language = offer.language
    return LanguageModel(
        id=language.id,
        name=language.name,
        version=language.version,
        source_name=language.source_name,
        extensions=list(language.extensions),
        compile_command=language.compile_command,
        run_command=language.run_command,
        live=offer.live,
        workers=offer.workers,
    )
