#include "daemon/kept_maintenance.hpp"

#include "daemon/storage/json_codec.hpp"

namespace rdpwatch::maintenance {

BOOST_DESCRIBE_STRUCT(AdHoc, (), (id, match, from, until, reason, by))

}  // namespace rdpwatch::maintenance

namespace rdpwatch {

std::string encode_maintenance(const std::vector<maintenance::AdHoc>& started) {
  return boost::json::serialize(storage::encode(started));
}

std::vector<maintenance::AdHoc> decode_maintenance(const std::string& text) {
  std::vector<maintenance::AdHoc> started;
  if (!text.empty()) storage::decode(boost::json::parse(text), started);
  return started;
}

}  // namespace rdpwatch
