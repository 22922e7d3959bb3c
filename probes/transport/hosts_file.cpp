#include "probes/transport/hosts_file.hpp"

#include <sstream>
#include <utility>

#include "probes/transport/host_name.hpp"

namespace rdpwatch::transport {

HostsTable parse_hosts(std::string_view text) {
  HostsTable table;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string word;
    words >> word;
    boost::system::error_code not_an_address;
    const auto address = boost::asio::ip::make_address(word, not_an_address);
    if (not_an_address) continue;
    while (words >> word) {
      if (word.ends_with('.')) word.pop_back();
      table[lower_case(word)].push_back(address);
    }
  }
  return table;
}

HostsFile::HostsFile(std::string path, handshake::Duration check_every)
    : watch_(std::move(path), check_every) {}

std::vector<boost::asio::ip::address> HostsFile::find(const std::string& name, handshake::TimePoint now) {
  if (const auto text = watch_.changed_text(now)) table_ = parse_hosts(*text);
  const auto found = table_.find(name);
  return found == table_.end() ? std::vector<boost::asio::ip::address>{} : found->second;
}

}  // namespace rdpwatch::transport
