"""Addresses and shapes of what people read of a problem."""

from urllib.parse import quote

from application.problems.usecases import SampleView
from domain.problems.files import PackageFile, Statement
from infrastructure.http.api.retort import text_of
from infrastructure.http.api.v1.problems.file_models import FileModel, SampleModel, StatementModel
from infrastructure.http.api.v1.problems.served_files import media_type


def address(slug: str, *parts: str, **query: str | int | None) -> str:
    """Below a problem; parts may have slashes."""
    path = "/".join(("/api/v1/problems", slug, *(quote(part, errors="replace") for part in parts)))
    fields = "&".join(f"{key}={quote(str(value), safe='')}" for key, value in query.items() if value is not None)
    return f"{path}?{fields}" if fields else path


def statement_file_address(slug: str, language: str, form: str, name: str, revision: int | None) -> str:
    """Of a statement's text or picture: the same name may be another file in another format."""
    return address(slug, "statements", language, "files", name, format=form, revision=revision)


def statement_model(statement: Statement, slug: str, revision: int | None) -> StatementModel:
    """``revision``: the one that was asked for by number, if any."""
    language, form = statement.language, statement.format
    return StatementModel(
        language=language,
        format=form,
        title=statement.title,
        converted_from=statement.converted_from or None,
        url=address(slug, "statements", language, format=form, revision=revision),
        files=[
            FileModel(
                name=file.name,
                size=file.content.size,
                media_type=media_type(file.name, "" if place else form),
                url=statement_file_address(slug, language, form, file.name, revision),
            )
            for place, file in enumerate(statement.files)
        ],
    )


def attachment_model(file: PackageFile, slug: str, revision: int | None) -> FileModel:
    """``revision`` as above."""
    return FileModel(
        name=file.name,
        size=file.content.size,
        media_type=media_type(file.name),
        url=address(slug, "attachments", file.name, revision=revision),
    )


def sample_model(view: SampleView, slug: str, revision: int | None) -> SampleModel:
    """``revision`` as above."""
    test = view.test
    return SampleModel(
        name=test.name,
        group=test.group,
        input=text_of(view.input_head),
        input_size=test.input.size,
        input_truncated=len(view.input_head) < test.input.size,
        input_url=address(slug, "samples", test.name, "input", revision=revision),
        output=text_of(view.answer_head),
        output_size=test.answer.size,
        output_truncated=len(view.answer_head) < test.answer.size,
        output_url=address(slug, "samples", test.name, "output", revision=revision),
    )
