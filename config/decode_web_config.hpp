#pragma once
// The sections of the web configuration file.

#include <string>

#include "config/web_config.hpp"
#include "config/yaml_tree.hpp"

namespace rdpwatch::config {

/// `directory`: what relative paths are relative to. Adds the files it reads to `sources`.
void decode_web_tls(const Node& node, const std::string& directory, Diagnostics& diagnostics,
                    WebTlsSettings& tls, std::vector<FileStamp>& sources);
void decode_http_server(const Node& node, Diagnostics& diagnostics, WebConfig& config);
void decode_users(const Node& node, Diagnostics& diagnostics, std::map<std::string, std::string>& users);
void decode_rate_limit(const Node& node, Diagnostics& diagnostics, WebRateLimit& limit);

}  // namespace rdpwatch::config
