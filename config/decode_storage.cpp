#include "config/decode.hpp"
#include "config/map_reader.hpp"
#include "config/text.hpp"

namespace rdpwatch::config {

using namespace std::chrono_literals;

void decode_storage(const Node& node, const std::string& directory, Diagnostics& diagnostics,
                    StorageSettings& storage) {
  MapReader reader(node, "storage", {"path", "flush_interval"}, diagnostics);
  reader.read_duration("flush_interval", 100ms, 5min, storage.flush_interval);
  std::string path(kInMemory);
  reader.read_text("path", path);
  if (path == kInMemory) return;
  if (path.empty() || path.back() == '/') {
    diagnostics.add(reader.place("path"), "storage.path: " + quoted(path) +
                                              " is no file, allowed: the path of a file, or :memory:");
    return;
  }
  storage.path = absolute_path(directory, path);
}

}  // namespace rdpwatch::config
