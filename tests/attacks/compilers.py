"""Compiler bombs, and sources that ask the compiler for what they must not read."""

from tests.attacks.compiler_attack import CompilerAttack, fixed

EXITED = r"the compiler exited with code [14]$"
LIMIT = r"the compiler: (cpu time|wall time|memory) limit exceeded"
EITHER = rf"{EXITED}|{LIMIT}|the compiler was killed by signal \d+"
FLOODED = rf"the compiler: output limit exceeded|{LIMIT}"
MAIN = "int main(void) { return 0; }\n"
_MACROS = "#define A0 1+1\n" + "".join(f"#define A{i} A{i - 1}+A{i - 1}+A{i - 1}+A{i - 1}\n" for i in range(1, 20))
_TEMPLATES = """
template <class A, class B> struct P {};
template <int N, class A, class B> struct T {
    static const int value = T<N - 1, P<A, B>, B>::value + T<N - 1, A, P<B, A>>::value;
};
template <class A, class B> struct T<0, A, B> { static const int value = 1; };
int main() { return T<40, int, char>::value; }
"""
_CONSTEXPR = """
constexpr long f(long n) { return n < 2 ? n : f(n - 1) + f(n - 2); }
int main() { constexpr long x = f(90); }
"""
_TWICE = "#if __INCLUDE_LEVEL__ < 190\n#include __FILE__\n#include __FILE__\n#endif\n"
_WARNINGS = "#warning " + "x" * 500 + "\n" + _TWICE

ATTACKS = (
    CompilerAttack(
        name="templates",
        tries="templates that multiply",
        source=fixed(_TEMPLATES),
        message=EITHER,
        language="cpp17",
    ),
    CompilerAttack(
        name="endless template",
        tries="a template that needs itself",
        source=fixed("template <int N> struct A { A<N + 1> a; };\nint main() { A<0> a; }\n"),
        message=EITHER,
        language="cpp17",
    ),
    CompilerAttack(
        name="constexpr",
        tries="a function computed by the compiler",
        source=fixed(_CONSTEXPR),
        message=EITHER,
        language="cpp17",
    ),
    CompilerAttack(
        name="/dev/zero",
        tries="include /dev/zero",
        source=fixed('#include "/dev/zero"\n' + MAIN),
        message=EITHER,
    ),
    CompilerAttack(
        name="/dev/urandom",
        tries="include /dev/urandom",
        source=fixed('#include "/dev/urandom"\n' + MAIN),
        message=EITHER,
    ),
    CompilerAttack(
        name="/etc/shadow",
        tries="include /etc/shadow",
        source=fixed('#include "/etc/shadow"\n' + MAIN),
        message=EXITED,
        output="shadow",
    ),
    CompilerAttack(
        name="answer",
        tries="include the answer file",
        source=lambda secret: f'#include "{secret}"\n{MAIN}',
        message=EXITED,
        output="answer",
    ),
    CompilerAttack(
        name="answer by ..",
        tries="include the answer file by a way up",
        source=lambda secret: f'#include "../../../../../../../..{secret}"\n{MAIN}',
        message=EXITED,
        output="answer",
    ),
    CompilerAttack(
        name="answer in /proc",
        tries="include the answer file through /proc",
        source=lambda secret: f'#include "/proc/self/root{secret}"\n#include "/proc/1/environ"\n{MAIN}',
        message=EXITED,
    ),
    CompilerAttack(
        name="incbin of /etc/shadow",
        tries=".incbin of /etc/shadow",
        source=fixed('__asm__(".incbin \\"/etc/shadow\\"");\n' + MAIN),
        message=EXITED,
        output="shadow",
    ),
    CompilerAttack(
        name="incbin of the answer",
        tries=".incbin of the answer file",
        source=lambda secret: f'__asm__(".incbin \\"{secret}\\"");\n{MAIN}',
        message=EXITED,
        output="answer",
    ),
    CompilerAttack(
        name="dependency",
        tries="#pragma GCC dependency on the answer file",
        source=lambda secret: f'#pragma GCC dependency "{secret}"\n{MAIN}',
        message=EXITED,
        output="answer",
    ),
    CompilerAttack(
        name="rept",
        tries="a .rept of a billion",
        source=fixed('__asm__(".rept 1000000000\\n.quad 1\\n.endr");\n' + MAIN),
        message=EITHER,
    ),
    CompilerAttack(
        name="space",
        tries="a .space of a terabyte",
        source=fixed('__asm__(".data\\n.space 0x10000000000, 1");\n' + MAIN),
        message=EITHER,
    ),
    CompilerAttack(
        name="macros",
        tries="macros that multiply",
        source=fixed(f"{_MACROS}int x = A19;\n{MAIN}"),
        message=EITHER,
    ),
    CompilerAttack(
        name="array",
        tries="a huge initialised array",
        source=fixed("char a[1ul << 33] = {1};\n" + MAIN),
        message=EITHER,
    ),
    CompilerAttack(
        name="include of itself",
        tries="an endless include of itself",
        source=fixed("#include __FILE__\n" + MAIN),
        message=EXITED,
    ),
    CompilerAttack(
        name="includes that multiply",
        tries="two includes of itself on each level",
        source=fixed(_TWICE + MAIN),
        message=FLOODED,
    ),
    CompilerAttack(
        name="warnings",
        tries="warnings without end",
        source=fixed(_WARNINGS + MAIN),
        message=FLOODED,
    ),
    CompilerAttack(
        name="parentheses",
        tries="a million parentheses",
        source=fixed("int x = " + "(" * 1_000_000 + "1" + ")" * 1_000_000 + ";\n" + MAIN),
        message=EITHER,
    ),
    CompilerAttack(
        name="escapes",
        tries="control characters in the compiler's complaint",
        source=fixed("#error \x1b[2J\x1b]0;owned\x07 \x00 <script>\n" + MAIN),
        message=EXITED,
        output="owned",
    ),
)
