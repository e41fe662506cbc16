"""Programs for the tests of toolchains: several sources, sources with a mistake, and programs that want all memory."""

SEVERAL_SOURCES: dict[str, dict[str, str]] = {
    "c17": {
        "main.c": '#include <stdio.h>\n#include "add.h"\nint main(void) { printf("%d\\n", add(40, 2)); }',
        "add.h": "int add(int a, int b);",
        "add.c": '#include "add.h"\nint add(int a, int b) { return a + b; }',
    },
    "cpp17": {
        "solve.cpp": '#include <iostream>\n#include "add.hpp"\nint main() { std::cout << add(40, 2) << std::endl; }',
        "add.hpp": "int add(int a, int b);",
        "add.cc": '#include <thread>\n#include "add.hpp"\n'
        "int add(int a, int b) { int c; std::thread([&] { c = a + b; }).join(); return c; }",
    },
    "python2": {"add.py": "def add(a, b): return a + b", "main.py": "from add import add\nprint add(40, 2)"},
    "python3": {"add.py": "def add(a, b): return a + b", "main.py": "from add import add\nprint(add(40, 2))"},
    "pypy3": {"add.py": "def add(a, b): return a + b", "main.py": "from add import add\nprint(add(40, 2))"},
    "java": {
        "Adder.java": "package sums; public class Adder { public static int add(int a, int b) { return a + b; } }",
        "x.java": "package app.main; import sums.Adder; public class Start {\n"
        "  static class Inner { int x = Adder.add(40, 2); }\n"
        "  public static void main(String[] args) { System.out.println(new Inner().x); } }",
    },
    "kotlin": {
        "add.kt": "package sums\nfun add(a: Int, b: Int): Int = a + b",
        "app.kt": "import sums.add\nfun main() { println(add(40, 2)) }",
    },
    "javascript": {
        "add.js": "exports.add = (a, b) => a + b;",
        "main.js": 'const { add } = require("./add");\nconsole.log(add(40, 2));',
    },
    "typescript": {
        "add.ts": "export function add(a: number, b: number): number { return a + b; }",
        "main.ts": 'import { add } from "./add";\nimport * as readline from "node:readline";\n'
        "const name: string = typeof readline.createInterface;\n"
        'console.log(name === "function" ? add(40, 2) : process.exit(1));',
    },
    "go": {
        "add.go": "package main\nfunc add(a, b int) int { return a + b }",
        "main.go": 'package main\nimport "fmt"\nfunc main() { fmt.Println(add(40, 2)) }',
    },
    "rust": {
        "add.rs": "pub fn add(a: i32, b: i32) -> i32 { a + b }",
        "main.rs": 'mod add;\nfn main() { println!("{}", add::add(40, 2)); }',
    },
    "csharp": {
        "Add.cs": "static class Adder { public static int Add(int a, int b) { return a + b; } }",
        "Program.cs": "class Program { static void Main() { System.Console.WriteLine(Adder.Add(40, 2)); } }",
    },
    "ruby": {"add.rb": "def add(a, b) = a + b", "main.rb": 'require_relative "add"\nputs add(40, 2)'},
    "perl": {
        "Add.pm": "package Add;\nsub add { $_[0] + $_[1] }\n1;",
        "main.pl": 'use Add;\nprint Add::add(40, 2), "\\n";',
    },
    "php": {
        "add.php": "<?php function add($a, $b) { return $a + $b; }",
        "main.php": '<?php require __DIR__ . "/add.php"; echo add(40, 2), "\\n";',
    },
    "lua": {
        "add.lua": "return function(a, b) return a + b end",
        "main.lua": 'local add = require("add")\nprint(add(40, 2))',
    },
    "haskell": {
        "Add.hs": "module Add where\nadd :: Int -> Int -> Int\nadd = (+)",
        "main.hs": "import Add\nimport qualified Data.Map as Map\n"
        "main :: IO ()\nmain = print (Map.foldr add 2 (Map.singleton () 40))",
    },
    "ocaml": {"main.ml": 'let () = Printf.printf "%d\\n" (Add.add 40 2)', "add.ml": "let add a b = a + b"},
    "pascal": {
        "add.pas": "unit add;\ninterface\nfunction sum(a, b: Integer): Integer;\nimplementation\n"
        "function sum(a, b: Integer): Integer;\nbegin\n  sum := a + b;\nend;\nend.",
        "main.pas": "program main;\nuses add;\nbegin\n  WriteLn(sum(40, 2));\nend.",
    },
    "d": {
        "add.d": "module add;\nint sum(int a, int b) { return a + b; }",
        "main.d": "import add, std.stdio;\nvoid main() { writeln(sum(40, 2)); }",
    },
    "tcl": {
        "add.tcl": "proc add {a b} { expr {$a + $b} }",
        "main.tcl": "source [file join [file dirname [info script]] add.tcl]\nputs [add 40 2]",
    },
    "r": {"add.r": "add <- function(a, b) a + b", "main.r": 'source("/app/add.r")\ncat(add(40, 2), "\\n", sep = "")'},
    "bash": {"add.sh": "add() { echo $(($1 + $2)); }", "main.sh": 'source "$(dirname "$0")/add.sh"\nadd 40 2'},
    "sqlite": {"main.sql": "SELECT 40 + x FROM (SELECT 2 AS x);"},
}
"""Language → file → text; each prints 42."""

BROKEN: dict[str, str] = {
    "c11": "int main(void) { return 0 }",
    "c17": '#include "missing.h"\nint main(void) { return 0; }',
    "cpp14": "int main() { if (int x = 1; x) return 1; std::string_view y; }",
    "cpp17": "int main() { return x; }",
    "cpp20": "int main() { co_return 1; }",
    "cpp23": "int main() { int x = std::declval; }",
    "python2": "print (1\n",
    "python3": "print(1\n",
    "pypy3": "x = = 1\n",
    "java": 'public class Solution { public static void main(String[] a) { int x = "a"; } }',
    "kotlin": 'fun main() { val x: Int = "a" }',
    "javascript": "let x = ;",
    "typescript": 'const x: number = "a";',
    "go": "package main\nfunc main() { x := 1 }",
    "rust": 'fn main() { let x: i32 = "a"; }',
    "csharp": 'class P { static void Main() { int x = "a"; } }',
    "ruby": "puts (1",
    "perl": "use strict; print $x;",
    "php": "<?php echo 1",
    "lua": "print(1",
    "haskell": "main = putStrLn 1",
    "ocaml": 'let () = print_int "a"',
    "pascal": "begin x := 1 end.",
    "d": 'void main() { int x = "a"; }',
    "r": "x <- (1",
    "bash": "if true; then",
}
"""Language → a source that its compiler, or its cheap check, must refuse."""

HUNGRY: dict[str, str] = {
    "c17": "#include <stdlib.h>\n#include <string.h>\nint main(void) { for (;;) { char *p = malloc(1 << 20);"
    " if (!p) abort(); memset(p, 1, 1 << 20); } }",
    "cpp17": "#include <vector>\nint main() { std::vector<int> v; for (;;) v.push_back(1); }",
    "python2": "x = []\nwhile True:\n    x.append(bytearray(1 << 20))\n",
    "python3": "x = []\nwhile True:\n    x.append(bytearray(1 << 20))\n",
    "java": "import java.util.*;\npublic class Main { public static void main(String[] a) {"
    " List<long[]> x = new ArrayList<>(); while (true) x.add(new long[100000]); } }",
}
"""Language → a program that wants more and more memory, and uses it."""

HUNGRY_AT_ONCE: dict[str, str] = {
    "cpp17": "#include <vector>\nint main() { std::vector<char> v(1ull << 46); return v[5]; }",
    "python2": "x = [0] * (1 << 46)\n",
    "python3": "x = [0] * (1 << 46)\n",
    "java": "public class Main { public static void main(String[] a) {"
    " System.out.println(new long[2000000000].length); } }",
}
"""Language → a program that asks for more at once than there is: its runtime refuses, and says so."""
