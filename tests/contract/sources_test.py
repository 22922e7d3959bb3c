"""Habits that a compiler does not check: nothing left undone, nothing of one machine, closed switches, small files."""

import re
import unittest

import tree

CODE = (".cpp", ".hpp", ".def", ".py", ".sh", ".cmake", ".ts")
TEXT = (*CODE, ".md", ".txt", ".yml", ".yaml", ".json", "")
# Put together from pieces, so that this file does not accuse itself.
UNDONE = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]) + r")\b|"
                    + "GTEST_" + "SKIP|" + "DISABLED" + "_|skip" + r"Test|unittest\.skip")
MACHINE = re.compile(r"(?<![\w.])/(?:work|root|Users|home)/[\w.]")
LONGEST_FILE = 400


def complaints(path, text, pattern, what):
    return [f"{path}:{number}: {what}: {line.strip()}" for number, line in enumerate(text.splitlines(), 1)
            if pattern.search(line)]


def blank_comments_and_strings(text):
    """The same text with comments, strings and character literals blanked out; lines stay where they are."""
    token = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'', re.S)
    return token.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def defaults_of_enum_switches(path, text):
    """Every `default:` whose switch has a case of the form Enum::value."""
    code = blank_comments_and_strings(text)
    found = []
    for match in re.finditer(r"\bdefault\s*:(?!:)", code):
        depth, start = 0, match.start()
        while start > 0 and not (code[start] == "{" and depth < 0):  # back to the brace that opens the switch
            start -= 1
            depth += {"}": 1, "{": -1}.get(code[start], 0)
        if re.search(r"\bcase\s+[\w:]*::\w+\s*:", code[start:match.start()]):
            found.append(f"{path}:{code.count(chr(10), 0, match.start()) + 1}: default: in a switch over an enum; "
                         "name every value, so that the compiler finds what a new one needs")
    return found


class Sources(unittest.TestCase):
    maxDiff = None

    def all_lines(self, suffixes, pattern, what):
        return [line for path in tree.files(*suffixes) for line in complaints(path, tree.read(path), pattern, what)]

    def test_nothing_is_left_undone_or_skipped(self):
        self.assertEqual(self.all_lines(CODE, UNDONE, "left undone"), [])
        self.assertEqual(complaints("a.cpp", "int x;\n// TO" "DO later\n", UNDONE, "left undone"),
                         ["a.cpp:2: left undone: // TO" "DO later"])

    def test_no_path_of_one_machine(self):
        self.assertEqual(self.all_lines(TEXT, MACHINE, "a path of one machine"), [])
        self.assertEqual(complaints("a.md", "see /ho" "me/someone/x", MACHINE, "a path of one machine"),
                         ["a.md:1: a path of one machine: see /ho" "me/someone/x"])

    def test_switches_over_enums_have_no_default(self):
        found = [line for path in tree.files(".cpp", ".hpp", under="probes")
                 for line in defaults_of_enum_switches(path, tree.read(path))]
        self.assertEqual(found, [])

    def test_a_planted_default_is_caught(self):
        planted = "switch (p) {\n  case Phase::tls: {\n    return 1;\n  }\n  default:\n    return 0;\n}\n"
        self.assertEqual(defaults_of_enum_switches("a.cpp", planted),
                         ["a.cpp:5: default: in a switch over an enum; name every value, so that the compiler finds what a "
                          "new one needs"])
        number = "switch (n) {\n  case 2: return 1;\n  default: return 0;  // case Phase::tls:\n}\n"
        self.assertEqual(defaults_of_enum_switches("a.cpp", number), [])

    def test_files_are_small(self):
        lengths = {str(path): len(tree.read(path).splitlines()) for path in tree.files(".cpp", ".hpp")}
        self.assertEqual({path: length for path, length in lengths.items() if length > LONGEST_FILE}, {})

    def test_packages_are_named_in_one_place(self):
        pattern = re.compile(r"apt(-get)?\s+install|apt-get\s.*\sinstall\s")
        found = self.all_lines((".sh", ".md", ".yml", ""), pattern, "installs packages")
        self.assertEqual([line for line in found if not line.startswith("deploy/install-packages.sh:")], [])


if __name__ == "__main__":
    unittest.main()
