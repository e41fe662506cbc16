"""What a source is written in, where only its name and its text tell."""

import pytest

from infrastructure.packages.program_languages import language_of


@pytest.mark.parametrize(
    "source",
    [
        "#!/usr/bin/python2.7\nprint(1)\n",
        "print 'hello'\n",
        "import sys\nprint >> sys.stderr, 1\n",
        "for line in lines:\n    if line: print line\n",
        "n = int(raw_input())\n",
        "for i in xrange(3):\n    pass\n",
        "try:\n    pass\nexcept ValueError, e:\n    pass\n",
        "d = {}\nd.has_key(1)\n",
    ],
)
def test_python_2(source: str) -> None:
    assert language_of({"a.py": source.encode()}) == ("python2", "Python 2")


@pytest.mark.parametrize(
    "source",
    [
        "#!/usr/bin/env python3\nprint (1)\n",
        'def f():\n    """\n    print the answer\n    """\n',
        "# print it\nprint('x')\n",
        "try:\n    range = xrange\nexcept NameError:\n    pass\nfor i in xrange(3): pass\n",
        "raw_input = input\nn = raw_input()\n",
        "import sys\nif sys.version_info[0] == 3:\n    xrange = range\nxrange(2)\n",
    ],
)
def test_python_3(source: str) -> None:
    assert language_of({"a.py": source.encode()}) == ("python3", "python3")
