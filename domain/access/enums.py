from enum import StrEnum


class Scope(StrEnum):
    """What a key may do; each is apart from the others except that ADMIN may everything."""

    SUBMIT = "submit"
    AUTHOR = "author"
    ADMIN = "admin"
