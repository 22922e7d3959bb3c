#include "probes/transport/cares_channel.hpp"

#include <ares.h>
#include <ares_nameser.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <utility>
#include <vector>

#include "probes/transport/io_classifier.hpp"

namespace rdpwatch::transport {

namespace asio = boost::asio;

namespace {

/// c-ares shortens the first try's by up to 7/16 at random, and doubles it for the second.
constexpr int kTryTimeoutMs = 1000;
constexpr int kTries = 2;
/// ares_timeout() looks at every question, so it is not asked after each packet but on each of these ticks.
constexpr int kMaxTickMs = 100;

constexpr std::uint16_t kDnsPort = 53;

std::string name_of(const asio::ip::udp::endpoint& server) {
  const std::string address = server.address().to_string();
  if (server.port() == kDnsPort) return address;
  return (server.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(server.port());
}

ares_addr_port_node to_node(const asio::ip::udp::endpoint& server) {
  ares_addr_port_node node{};
  node.udp_port = server.port();
  node.tcp_port = server.port();
  if (server.address().is_v4()) {
    const auto bytes = server.address().to_v4().to_bytes();
    node.family = AF_INET;
    std::memcpy(&node.addr.addr4, bytes.data(), bytes.size());
  } else {
    const auto bytes = server.address().to_v6().to_bytes();
    node.family = AF_INET6;
    std::memcpy(&node.addr.addr6, bytes.data(), bytes.size());
  }
  return node;
}

bool is_udp(int fd) {
  int type = 0;
  socklen_t length = sizeof type;
  return ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_DGRAM;
}

bool will_block(int error) {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR || error == EINPROGRESS;
}

}  // namespace

/// c-ares owns and closes the descriptor; ours only waits on it and lets go before that.
struct CaresChannel::Socket {
  explicit Socket(const asio::any_io_executor& executor) : descriptor(executor) {}
  asio::posix::stream_descriptor descriptor;
  bool open = true;
  bool wants_read = false;
  bool wants_write = false;
  bool waits_for_read = false;
  bool waits_for_write = false;
};

struct CaresChannel::Question {
  CaresChannel* channel;
  RecordType type;
  Done done;
};

/// What c-ares calls, with the channel as its argument.
struct CaresChannel::Callbacks {
  static CaresChannel& self(void* channel) { return *static_cast<CaresChannel*>(channel); }

  static void state(void* channel, ares_socket_t fd, int readable, int writable) {
    self(channel).watch(fd, readable != 0, writable != 0);
  }

  static void answer(void* argument, int status, int, unsigned char* message, int length) {
    const std::unique_ptr<Question> question(static_cast<Question*>(argument));
    question->channel->answered(*question, status, message, length);
  }

  static ares_socket_t open(int family, int type, int protocol, void* channel) {
    const int fd = ::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    if (fd < 0) self(channel).note_fault(true);
    return fd;
  }

  static int close(ares_socket_t fd, void*) { return ::close(fd); }

  static int connect(ares_socket_t fd, const sockaddr*, ares_socklen_t, void* channel) {
    // Our own endpoint instead of the given address: c-ares has no room for the scope of a link-local server.
    const auto& server = self(channel).server_;
    const int result = ::connect(fd, server.data(), static_cast<socklen_t>(server.size()));
    if (result < 0 && !will_block(errno)) self(channel).note_fault(errno != ECONNREFUSED);
    return result;
  }

  static ares_ssize_t receive(ares_socket_t fd, void* buffer, size_t size, int flags, sockaddr* from,
                              ares_socklen_t* from_length, void* channel) {
    const ssize_t result = ::recvfrom(fd, buffer, size, flags, from, from_length);
    if (result < 0 && !will_block(errno)) self(channel).note_fault(false);
    return result;
  }

  static ares_ssize_t send(ares_socket_t fd, const iovec* parts, int count, void* channel) {
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(parts);
    message.msg_iovlen = static_cast<std::size_t>(count);
    const ssize_t result = ::sendmsg(fd, &message, MSG_NOSIGNAL);
    // Of a UDP socket's send() only ECONNREFUSED is an answer, to an earlier packet; the rest is our own
    // routing.
    if (result < 0 && !will_block(errno)) self(channel).note_fault(errno != ECONNREFUSED && is_udp(fd));
    return result;
  }
};

CaresChannel::CaresChannel(asio::any_io_executor executor, asio::ip::udp::endpoint server)
    : executor_(std::move(executor)),
      server_(std::move(server)),
      server_name_(name_of(server_)),
      timer_(executor_) {
  static const int library = ares_library_init(ARES_LIB_INIT_ALL);
  ares_options options{};
  options.flags = ARES_FLAG_NOCHECKRESP | ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES;
  options.timeout = kTryTimeoutMs;
  options.tries = kTries;
  options.sock_state_cb = &Callbacks::state;
  options.sock_state_cb_data = this;
  // Nothing of the system's configuration: resolv.conf is read by ResolvConf.
  std::string no_file = "/dev/null";
  options.resolvconf_path = no_file.data();
  std::string dns_only = "b";
  options.lookups = dns_only.data();
  const int given = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB |
                    ARES_OPT_RESOLVCONF | ARES_OPT_LOOKUPS | ARES_OPT_DOMAINS | ARES_OPT_NOROTATE;
  const int status = library == ARES_SUCCESS ? ares_init_options(&channel_, &options, given) : library;
  if (status != ARES_SUCCESS) throw std::runtime_error(std::string("c-ares: ") + ares_strerror(status));
  static constexpr ares_socket_functions kFunctions{&Callbacks::open, &Callbacks::close, &Callbacks::connect,
                                                    &Callbacks::receive, &Callbacks::send};
  ares_set_socket_functions(channel_, &kFunctions, this);
  ares_addr_port_node node = to_node(server_);
  if (const int set = ares_set_servers_ports(channel_, &node); set != ARES_SUCCESS) {
    ares_destroy(channel_);
    throw std::runtime_error(std::string("c-ares: ") + ares_strerror(set));
  }
}

CaresChannel::~CaresChannel() {
  ares_destroy(channel_);
}

void CaresChannel::ask(const std::string& name, RecordType type, Done done) {
  if (questions_ >= kMaxQuestions) {
    DnsReply refused{.kind = DnsReply::Kind::local_fault,
                     .complaint = std::to_string(questions_) + " questions to " + server_name_ + " are open"};
    asio::post(executor_, [done = std::move(done), refused = std::move(refused)] { done(refused); });
    return;
  }
  ++questions_;
  fault_ = {};
  auto question = std::make_unique<Question>(Question{this, type, std::move(done)});
  const int record = type == RecordType::a ? ns_t_a : ns_t_aaaa;
  ares_query(channel_, name.c_str(), ns_c_in, record, &Callbacks::answer, question.release());
  start_timer();
}

void CaresChannel::drain() {
  fault_ = {};
  std::vector<int> readable;
  for (const auto& [fd, socket] : sockets_) {
    if (socket->wants_read) readable.push_back(fd);
  }
  // A descriptor that the one before made c-ares close is not found there any more, which is harmless.
  for (const int fd : readable) ares_process_fd(channel_, fd, ARES_SOCKET_BAD);
}

void CaresChannel::watch(int fd, bool readable, bool writable) {
  const auto found = sockets_.find(fd);
  if (!readable && !writable) {
    if (found == sockets_.end()) return;
    found->second->open = false;
    found->second->descriptor.release();
    sockets_.erase(found);
    return;
  }
  auto socket = found != sockets_.end() ? found->second : std::make_shared<Socket>(executor_);
  if (found == sockets_.end()) {
    boost::system::error_code error;
    socket->descriptor.assign(fd, error);
    // No exception may pass through c-ares. Nothing will be read, the question ends as silent, and silence is
    // then told as what it is.
    watch_error_ = error.value();
    if (error) return;
    sockets_.emplace(fd, socket);
  }
  socket->wants_read = readable;
  socket->wants_write = writable;
  wait(socket);
}

void CaresChannel::wait(const std::shared_ptr<Socket>& socket) {
  using asio::posix::descriptor_base;
  if (socket->wants_read && !socket->waits_for_read) {
    socket->waits_for_read = true;
    socket->descriptor.async_wait(descriptor_base::wait_read, [weak = weak_from_this(), socket](auto error) {
      socket->waits_for_read = false;
      const auto self = weak.lock();
      if (self && !error) self->ready(socket, true);
    });
  }
  if (socket->wants_write && !socket->waits_for_write) {
    socket->waits_for_write = true;
    socket->descriptor.async_wait(descriptor_base::wait_write, [weak = weak_from_this(), socket](auto error) {
      socket->waits_for_write = false;
      const auto self = weak.lock();
      if (self && !error) self->ready(socket, false);
    });
  }
}

void CaresChannel::ready(const std::shared_ptr<Socket>& socket, bool to_read) {
  if (!socket->open) return;
  fault_ = {};
  const int fd = socket->descriptor.native_handle();
  ares_process_fd(channel_, to_read ? fd : ARES_SOCKET_BAD, to_read ? ARES_SOCKET_BAD : fd);
  if (socket->open) wait(socket);
}

void CaresChannel::start_timer() {
  if (timer_runs_ || questions_ == 0) return;
  timeval most{.tv_sec = 0, .tv_usec = kMaxTickMs * 1000};
  timeval room{};
  const timeval& next = *ares_timeout(channel_, &most, &room);
  timer_.expires_after(std::chrono::seconds(next.tv_sec) + std::chrono::microseconds(next.tv_usec));
  timer_runs_ = true;
  timer_.async_wait([weak = weak_from_this()](auto error) {
    const auto self = weak.lock();
    if (!self || error) return;
    self->timer_runs_ = false;
    self->fault_ = {};
    ares_process_fd(self->channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    self->start_timer();
  });
}

void CaresChannel::note_fault(bool local) {
  fault_ = {errno, local};
}

void CaresChannel::answered(Question& question, int status, const unsigned char* message, int length) {
  --questions_;
  if (status == ARES_EDESTRUCTION) return;
  DnsReply reply = message != nullptr
                       ? read_reply(question.type, {message, static_cast<std::size_t>(length)}, server_name_)
                       : reply_without_message(status);
  // Never from within c-ares: the receiver may ask again or let this channel go.
  asio::post(executor_, [done = std::move(question.done), reply = std::move(reply)] { done(reply); });
}

DnsReply CaresChannel::reply_without_message(int status) const {
  using Kind = DnsReply::Kind;
  if (status == ARES_ENOMEM)
    return {.kind = Kind::local_fault, .complaint = "no memory to ask " + server_name_};
  if (watch_error_ != 0)
    return {.kind = Kind::local_fault,
            .complaint = "can't wait for " + server_name_ + " (" + describe_errno(watch_error_) + ")"};
  if (status == ARES_ETIMEOUT) return {.kind = Kind::silent};
  if (status != ARES_ECONNREFUSED)
    return {.kind = Kind::server_failed,
            .complaint = std::string(ares_strerror(status)) + " from " + server_name_};
  if (fault_.local)
    return {.kind = Kind::local_fault,
            .complaint =
                "this machine can't send to " + server_name_ + " (" + describe_errno(fault_.error) + ")"};
  return {.kind = Kind::server_failed,
          .complaint = server_name_ + (fault_.error == 0
                                           ? std::string(" closed the connection")
                                           : " can't be reached (" + describe_errno(fault_.error) + ")")};
}

}  // namespace rdpwatch::transport
