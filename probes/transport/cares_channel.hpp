#pragma once
// CaresChannel: one DNS server, asked by c-ares over an Asio event loop. One channel a server, because c-ares
// takes the first server's SERVFAIL for the answer when it is to report it (ARES_FLAG_NOCHECKRESP), and does
// not say which server it came from; DnsLookup goes on to the next server instead.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "probes/transport/dns_reply.hpp"

struct ares_channeldata;
struct iovec;
struct sockaddr;

namespace rdpwatch::transport {

/// Held by shared_ptr only. Not thread-safe: everything happens on the executor's one thread.
class CaresChannel : public std::enable_shared_from_this<CaresChannel> {
 public:
  using Done = std::function<void(DnsReply)>;

  /// More questions at once than these are refused with Kind::local_fault.
  static constexpr std::size_t kMaxQuestions = 16384;

  /// Throws std::runtime_error when c-ares can't be set up (out of memory).
  CaresChannel(boost::asio::any_io_executor executor, boost::asio::ip::udp::endpoint server);
  ~CaresChannel();
  CaresChannel(const CaresChannel&) = delete;
  CaresChannel& operator=(const CaresChannel&) = delete;

  /// Asks for the records of `name` (no search list, no trailing dot). `done` is called once, never from
  /// within this call; not at all when the channel is destroyed before the answer. A truncated answer is
  /// asked for again over TCP. Silence is repeated once after 0.6 to 1 s and reported as such after another 1
  /// to 2 s.
  void ask(const std::string& name, RecordType type, Done done);

  /// Reads what has arrived already, without waiting.
  void drain();

  /// "10.0.0.53", with the port when it is not 53.
  const std::string& server() const { return server_name_; }

 private:
  struct Socket;
  struct Question;
  struct Callbacks;
  /// The last system call that failed.
  struct Fault {
    int error = 0;
    bool local = false;
  };

  void watch(int fd, bool readable, bool writable);
  void wait(const std::shared_ptr<Socket>& socket);
  void ready(const std::shared_ptr<Socket>& socket, bool to_read);
  void start_timer();
  void note_fault(bool local);
  void answered(Question& question, int status, const unsigned char* message, int length);
  DnsReply reply_without_message(int status) const;

  boost::asio::any_io_executor executor_;
  boost::asio::ip::udp::endpoint server_;
  std::string server_name_;
  boost::asio::steady_timer timer_;
  bool timer_runs_ = false;
  std::unordered_map<int, std::shared_ptr<Socket>> sockets_;
  std::size_t questions_ = 0;
  Fault fault_;
  int watch_error_ = 0;
  ares_channeldata* channel_ = nullptr;
};

}  // namespace rdpwatch::transport
