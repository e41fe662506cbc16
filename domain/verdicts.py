from enum import StrEnum


class Verdict(StrEnum):
    """CLICS codes where they exist."""

    AC = "AC"
    WA = "WA"
    PE = "PE"
    PA = "PA"
    TLE = "TLE"
    MLE = "MLE"
    OLE = "OLE"
    RTE = "RTE"
    CE = "CE"
    JE = "JE"
    SK = "SK"
