#include "probes/transport/file_watch.hpp"

#include <sys/stat.h>

#include <fstream>
#include <utility>

namespace rdpwatch::transport {
namespace {

constexpr std::size_t kMaxSize = std::size_t{1} << 20;

}  // namespace

FileWatch::FileWatch(std::string path, handshake::Duration check_every)
    : path_(std::move(path)), check_every_(check_every) {}

std::optional<std::string> FileWatch::changed_text(handshake::TimePoint now) {
  if (seen_ && now < next_check_) return std::nullopt;
  next_check_ = now + check_every_;
  // Looked at before it is read: a change in between shows as another change next time.
  const Identity current = identity();
  if (seen_ == current) return std::nullopt;
  const bool first = !seen_;
  auto text = read();
  if (!text && current != Identity{} && !first) return std::nullopt;  // no descriptor left, say: tried again
  seen_ = text ? current : Identity{};
  return std::move(text).value_or("");
}

FileWatch::Identity FileWatch::identity() const {
  struct stat status {};
  if (::stat(path_.c_str(), &status) != 0) return {};
  return {status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

std::optional<std::string> FileWatch::read() const {
  std::ifstream file(path_, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text(kMaxSize, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

}  // namespace rdpwatch::transport
