#include "daemon/cli/completion.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/cli/flag_values.hpp"
#include "daemon/cli/man_page.hpp"
#include "tests/unit/cli/runner.hpp"

namespace rdpwatch::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// A parser with one of each thing that a completion knows.
class SmallParser : public testing::Test {
 protected:
  SmallParser() {
    CLI::App& look = *app_.add_subcommand("look", "what's there [all]: now")->group("Commands");
    look.add_option("FILE", text_, "where")->required();
    look.add_option("--as", text_, "how")->check(one_of({"text", "json"}))->default_str("text");
    look.add_option("--config.file", text_, "settings")->required();
    look.add_flag("--all", flag_, "everything");
    look.footer("It looks\nonce.\n\nExamples:\n  tool look a.txt\n  tool look '.b'");
    app_.add_subcommand("secret", "not shown")->group("");
  }

  CommandTable table() { return command_table(app_); }

 private:
  CLI::App app_{"A tool.", "tool"};
  std::string text_;
  bool flag_ = false;
};

TEST_F(SmallParser, fish) {
  EXPECT_EQ(completion(table(), Shell::fish),
            R"(# Completion of rdpwatch for fish; made by `rdpwatch completion fish`.
complete -c rdpwatch -f
complete -c rdpwatch -n __fish_use_subcommand -a look -d 'whats there (all) - now'
complete -c rdpwatch -n '__fish_seen_subcommand_from look' -l help -d 'Print this help message and exit'
complete -c rdpwatch -n '__fish_seen_subcommand_from look' -l as -x -a 'text json' -d 'how'
complete -c rdpwatch -n '__fish_seen_subcommand_from look' -l config.file -r -F -d 'settings'
complete -c rdpwatch -n '__fish_seen_subcommand_from look' -l all -d 'everything'
complete -c rdpwatch -n '__fish_seen_subcommand_from look' -F
)");
}

TEST_F(SmallParser, zsh) {
  const std::string script = completion(table(), Shell::zsh);
  EXPECT_THAT(script, StartsWith("#compdef rdpwatch\n"));
  EXPECT_THAT(script, HasSubstr("    'look:whats there (all) - now'\n  )\n"));
  EXPECT_THAT(script, HasSubstr(R"(    look)
      _arguments \
        '*--help[Print this help message and exit]' \
        '*--as=[how]:value:(text json)' \
        '*--config.file=[settings]:value:_files' \
        '*--all[everything]' \
        '1:FILE:_files'
      ;;
)"));
}

TEST_F(SmallParser, bash) {
  const std::string script = completion(table(), Shell::bash);
  EXPECT_THAT(script, HasSubstr("_rdpwatch_words 'look --help --version'"));
  EXPECT_THAT(script, HasSubstr("    'look --as') _rdpwatch_words 'text json'; return ;;\n"
                                "    'look --config.file') _rdpwatch_paths -f; return ;;\n"));
  EXPECT_THAT(script, HasSubstr("    look) _rdpwatch_words '--help --as= --config.file= --all ' ;;\n"));
  EXPECT_THAT(script, HasSubstr("    look) _rdpwatch_paths -f ;;\n"));
  EXPECT_THAT(script, Not(HasSubstr("secret")));
}

TEST_F(SmallParser, manual_page) {
  const std::string page = man_page(table(), "1.2.3");
  EXPECT_THAT(page, StartsWith(".TH RDPWATCH 1 \"\" \"rdpwatch 1.2.3\" \"User Commands\"\n.SH NAME\n"));
  EXPECT_THAT(page, HasSubstr("\\fBrdpwatch look\\fR \\fB\\-\\-config.file\\fR=\\fIVALUE\\fR [\\fIFLAGS\\fR] "
                              "\\fIFILE\\fR\n.br\n"));
  EXPECT_THAT(page, HasSubstr(R"(.SS rdpwatch look
what\(aqs there [all]: now
.TP
\fBFILE\fR (required)
where
.TP
\fB\-\-help\fR
Print this help message and exit
.TP
\fB\-\-as\fR=\fItext\fR
how
(allowed: text, json)
.TP
\fB\-\-config.file\fR=\fI...\fR (required)
settings
.TP
\fB\-\-all\fR
everything
.PP
It looks
once.
.PP
Examples:
.PP
.nf
  tool look a.txt
  tool look \(aq.b\(aq
.fi
)"));
  EXPECT_THAT(page, Not(HasSubstr("secret")));
}

TEST(Roff, no_line_of_the_page_begins_with_a_sign_by_accident) {
  const Ran ran = run_line({"print-man-page"});
  EXPECT_EQ(ran.code, 0);
  std::istringstream lines(ran.out);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('\'')) ADD_FAILURE() << line;
    if (!line.starts_with('.')) continue;
    const std::string macro = line.substr(0, line.find(' '));
    EXPECT_THAT(
        (std::vector<std::string>{".TH", ".SH", ".SS", ".TP", ".PP", ".B", ".BR", ".I", ".br", ".nf", ".fi"}),
        testing::Contains(macro))
        << line;
  }
}

TEST(CompletionCommand, prints_each_shell) {
  for (const std::string shell : {"bash", "fish", "zsh"}) {
    const Ran ran = run_line({"completion", shell});
    EXPECT_EQ(ran.code, 0);
    EXPECT_THAT(ran.out, HasSubstr("made by `rdpwatch completion " + shell + "`"));
    EXPECT_THAT(ran.out, HasSubstr("print-runbooks"));
    EXPECT_THAT(ran.out, Not(HasSubstr("print-man-page")));
  }
}

TEST(CompletionCommand, another_shell) {
  const Ran ran = run_line({"completion", "tcsh"});
  EXPECT_EQ(ran.code, 3);
  EXPECT_EQ(ran.err,
            "rdpwatch completion: SHELL: \"tcsh\" is not known, allowed: bash, fish, zsh\nsee rdpwatch "
            "completion --help\n");
}

}  // namespace
}  // namespace rdpwatch::cli
