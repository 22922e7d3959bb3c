#include "tests/unit/transport/fake_dns_server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <sstream>

namespace rdpwatch::test {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;

namespace {

constexpr std::size_t kHeader = 12;
constexpr std::uint16_t kTypeA = 1;
constexpr std::uint16_t kTypeCname = 5;
constexpr std::uint16_t kTypeAaaa = 28;
constexpr std::uint8_t kNxDomain = 3;

void append16(std::vector<std::uint8_t>& bytes, std::uint16_t value) {
  bytes.push_back(static_cast<std::uint8_t>(value >> 8));
  bytes.push_back(static_cast<std::uint8_t>(value));
}

void append_name(std::vector<std::uint8_t>& bytes, const std::string& name) {
  std::istringstream labels(name);
  for (std::string label; std::getline(labels, label, '.');) {
    bytes.push_back(static_cast<std::uint8_t>(label.size()));
    bytes.insert(bytes.end(), label.begin(), label.end());
  }
  bytes.push_back(0);
}

void append_record(std::vector<std::uint8_t>& bytes, const DnsRecord& record) {
  std::vector<std::uint8_t> data;
  std::uint16_t type = kTypeCname;
  boost::system::error_code is_name;
  const auto address = asio::ip::make_address(record.value, is_name);
  if (is_name) {
    append_name(data, record.value);
  } else if (address.is_v4()) {
    type = kTypeA;
    const auto raw = address.to_v4().to_bytes();
    data.assign(raw.begin(), raw.end());
  } else {
    type = kTypeAaaa;
    const auto raw = address.to_v6().to_bytes();
    data.assign(raw.begin(), raw.end());
  }
  append_name(bytes, record.owner);
  append16(bytes, type);
  append16(bytes, 1);
  append16(bytes, static_cast<std::uint16_t>(record.ttl >> 16));
  append16(bytes, static_cast<std::uint16_t>(record.ttl));
  append16(bytes, static_cast<std::uint16_t>(data.size()));
  bytes.insert(bytes.end(), data.begin(), data.end());
}

/// The one port for both protocols; a TCP port may be taken although the UDP port is free.
std::pair<udp::socket, tcp::acceptor> open_both(asio::io_context& io, bool with_tcp) {
  for (;;) {
    udp::socket socket(io, udp::endpoint(asio::ip::address_v4::loopback(), 0));
    tcp::acceptor acceptor(io, tcp::v4());
    boost::system::error_code taken;
    acceptor.bind({asio::ip::address_v4::loopback(), socket.local_endpoint().port()}, taken);
    if (taken) continue;
    if (with_tcp) acceptor.listen();
    return {std::move(socket), std::move(acceptor)};
  }
}

}  // namespace

struct FakeDnsServer::Stream {
  tcp::socket socket;
  std::array<std::uint8_t, 2> length{};
  Bytes query;
  Bytes reply;
};

FakeDnsServer::FakeDnsServer(asio::io_context& io, bool with_tcp) : io_(io), socket_(io), acceptor_(io) {
  std::tie(socket_, acceptor_) = open_both(io, with_tcp);
  receive();
  if (with_tcp) accept();
}

std::string FakeDnsServer::address() const {
  return "127.0.0.1:" + std::to_string(socket_.local_endpoint().port());
}

void FakeDnsServer::answer(const std::string& name, RecordType type, DnsScript script) {
  scripts_[{name, type}] = std::move(script);
}

void FakeDnsServer::answer_both(const std::string& name, const DnsScript& script) {
  answer(name, RecordType::a, script);
  answer(name, RecordType::aaaa, script);
}

void FakeDnsServer::has_v4(const std::string& name, std::vector<std::string> addresses, std::uint32_t ttl) {
  DnsScript script;
  for (std::string& address : addresses) script.records.push_back({name, std::move(address), ttl});
  answer(name, RecordType::a, script);
  answer(name, RecordType::aaaa, {});
}

std::size_t FakeDnsServer::asked(const std::string& name, RecordType type) const {
  const auto found = asked_.find({name, type});
  return found == asked_.end() ? 0 : found->second;
}

std::size_t FakeDnsServer::asked_in_all() const {
  std::size_t sum = 0;
  for (const auto& [question, times] : asked_) sum += times;
  return sum;
}

void FakeDnsServer::receive() {
  socket_.async_receive_from(asio::buffer(buffer_), client_, [this](auto error, std::size_t size) {
    if (error == asio::error::operation_aborted) return;
    const Bytes query(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(size));
    const auto question = read_question(query);
    if (!error && question) {
      ++asked_[*question];
      client_ports_.insert(client_.port());
      const DnsScript script = script_for(*question);
      if (!script.silent) {
        auto timer = std::make_shared<asio::steady_timer>(io_, script.delay);
        timer->async_wait(
            [this, timer, to = client_, reply = make_answer(query, script, true)](auto stopped) {
              boost::system::error_code client_gone;
              if (!stopped) socket_.send_to(asio::buffer(reply), to, 0, client_gone);
            });
      }
    }
    receive();
  });
}

void FakeDnsServer::accept() {
  acceptor_.async_accept([this](auto error, tcp::socket socket) {
    if (error) return;
    read_stream(std::make_shared<Stream>(Stream{std::move(socket), {}, {}, {}}));
    accept();
  });
}

void FakeDnsServer::read_stream(const std::shared_ptr<Stream>& stream) {
  asio::async_read(stream->socket, asio::buffer(stream->length), [this, stream](auto error, std::size_t) {
    if (error) return;
    stream->query.resize(static_cast<std::size_t>(stream->length[0] << 8 | stream->length[1]));
    asio::async_read(stream->socket, asio::buffer(stream->query), [this, stream](auto broken, std::size_t) {
      const auto question = broken ? std::nullopt : read_question(stream->query);
      if (!question) return;
      ++over_tcp_;
      const Bytes message = make_answer(stream->query, script_for(*question), false);
      stream->reply.clear();
      append16(stream->reply, static_cast<std::uint16_t>(message.size()));
      stream->reply.insert(stream->reply.end(), message.begin(), message.end());
      asio::async_write(stream->socket, asio::buffer(stream->reply),
                        [this, stream](auto unsent, std::size_t) {
                          if (!unsent) read_stream(stream);
                        });
    });
  });
}

DnsScript FakeDnsServer::script_for(const Question& question) const {
  const auto found = scripts_.find(question);
  return found == scripts_.end() ? DnsScript{.rcode = kNxDomain} : found->second;
}

std::optional<FakeDnsServer::Question> FakeDnsServer::read_question(const Bytes& query) {
  std::string name;
  std::size_t at = kHeader;
  while (at < query.size() && query[at] != 0) {
    const std::size_t end = at + 1 + query[at];
    if (end >= query.size()) return std::nullopt;
    if (!name.empty()) name += '.';
    name.append(query.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                query.begin() + static_cast<std::ptrdiff_t>(end));
    at = end;
  }
  if (at + 4 >= query.size()) return std::nullopt;
  const int type = query[at + 1] << 8 | query[at + 2];
  return Question{name, type == kTypeA ? RecordType::a : RecordType::aaaa};
}

FakeDnsServer::Bytes FakeDnsServer::make_answer(const Bytes& query, const DnsScript& script, bool over_udp) {
  if (!script.instead.empty()) return script.instead;
  const bool truncate = over_udp && script.truncated_over_udp;
  const std::size_t count = truncate ? 0 : script.records.size();
  Bytes reply(query.begin(), query.begin() + 2);
  reply.push_back(truncate ? 0x83 : 0x81);
  reply.push_back(static_cast<std::uint8_t>(0x80 | script.rcode));
  append16(reply, 1);
  append16(reply, script.claimed_answers.value_or(static_cast<std::uint16_t>(count)));
  append16(reply, 0);
  append16(reply, 0);
  reply.insert(reply.end(), query.begin() + kHeader, query.end());
  for (std::size_t i = 0; i < count; ++i) append_record(reply, script.records[i]);
  return reply;
}

}  // namespace rdpwatch::test
