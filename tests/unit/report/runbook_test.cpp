#include "daemon/report/runbook.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rdpwatch::report {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

std::string page(std::string_view id) {
  return runbook_page(*diagnosis::find_cause(id));
}

TEST(Runbook, a_page_in_full) {
  EXPECT_EQ(page("prober_clock_wrong"),
            R"(<!-- Made by `rdpwatch print-runbooks` from probes/diagnosis/causes.yml: edit that file. -->

# The prober's clock is wrong

`prober_clock_wrong`. Whose cause it is: **the machine that rdpwatch runs on**. How well its signs are established: documented.

The machine that probes has a wrong time. All hosts seem to have a skew of the same size, and certificates seem expired or not yet valid. The hosts are well.

## Signs

- most hosts show the same clock skew
- certificates of many unrelated hosts are expired or not yet valid at once

## What speaks against it

- only one host, or one domain, differs

## How rdpwatch tells it apart

The skew is the same for hosts that have no time source in common. A single host is [clock_wrong](clock_wrong.md); one domain's hosts together are its time source.

## What to check

The most telling first.

1. The clock and its source (where rdpwatch runs)

   ```sh
   timedatectl; chronyc tracking
   ```

   **Seen:** System clock synchronized, no; or an offset of minutes
2. The time of an independent server (where rdpwatch runs)

   ```sh
   date -u; curl -sI https://www.example.com | grep -i ^date
   ```

   **Seen:** they differ

## How to fix it

The least invasive first.

1. Turn time synchronisation on (where rdpwatch runs)

   ```sh
   timedatectl set-ntp true
   ```
2. Let UDP 123 pass to the time servers (where rdpwatch runs)

## What is shown

- Microsoft's client: nothing of its own
- rdpwatch, as phase and reason: `tls/certificate_expired`, `tls/certificate_not_yet_valid`

All causes: [index](README.md)
)");
}

TEST(Runbook, a_platform_has_a_section_of_its_own) {
  const std::string text = page("host_down");
  EXPECT_THAT(
      text,
      HasSubstr("\n### On AWS\n\n1. Start the instance, and look at its status checks and screenshot\n\n"));
  EXPECT_THAT(text, HasSubstr("\n   aws ec2 start-instances --instance-ids <instance id>\n   ```\n"));
  EXPECT_LT(text.find("powercfg"), text.find("### On Azure"));
  EXPECT_THAT(page("server_slow"), HasSubstr("### On AWS\n\n1. Look at the credits of a burstable size"));
}

TEST(Runbook, commands_keep_their_lines_and_their_shell) {
  const std::string text = page("private_key_unreadable");
  EXPECT_THAT(text,
              HasSubstr("\n   ```powershell\n   $f = Get-ChildItem C:\\ProgramData\\Microsoft\\Crypto\\RSA"));
  EXPECT_THAT(text,
              HasSubstr("\n   icacls $f.FullName /grant '*S-1-5-20:R' '*S-1-5-18:F' '*S-1-5-32-544:F'\n"));
  EXPECT_THAT(text, HasSubstr("(on the host, if it runs Linux)\n\n   ```sh\n   adduser xrdp ssl-cert"));
}

TEST(Runbook, prose_is_safe_in_markdown) {
  EXPECT_THAT(page("private_key_unreadable"),
              HasSubstr("Import it into LocalMachine\\\\My as a machine key"));
  EXPECT_THAT(page("pmtu_black_hole"), HasSubstr("(as `ip tcp adjust-mss 1360`, or nftables' `tcp option"));
  EXPECT_THAT(page("certificate_not_trusted"), HasSubstr("Else the chain does not end in `ca_file`"));
}

TEST(Runbook, the_index_has_every_page_and_every_code) {
  const std::string index = runbook_index();
  for (const auto& cause : diagnosis::causes()) {
    EXPECT_THAT(index, HasSubstr("| [" + cause.id + "](" + cause.id + ".md) | ")) << cause.id;
    for (const std::string& code : cause.client_codes)
      EXPECT_THAT(index, HasSubstr("\n| `" + code + "` | ["));
  }
  EXPECT_THAT(index, HasSubstr("\n## The network between the prober and the host\n"));
  EXPECT_THAT(
      index,
      HasSubstr("\n| `0x904/0x7` | [private_key_unreadable](private_key_unreadable.md), [no_common_tls]"));
  EXPECT_THAT(index, HasSubstr("\n| `0xB09` | [nla_required](nla_required.md) |\n"));
  EXPECT_THAT(index, Not(HasSubstr("[]")));
  EXPECT_THAT(index, EndsWith(" |\n"));
}

}  // namespace
}  // namespace rdpwatch::report
