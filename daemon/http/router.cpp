#include "daemon/http/router.hpp"

#include <algorithm>
#include <utility>

namespace rdpwatch::http {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) {
    if (!out.empty()) out.append(", ");
    out.append(word);
  }
  return out;
}

}  // namespace

void Router::add(std::vector<std::string> methods, std::string path, Handler handler) {
  if (std::find(methods.begin(), methods.end(), "GET") != methods.end()) methods.emplace_back("HEAD");
  routes_.push_back({std::move(methods), std::move(path), std::move(handler)});
}

void Router::add_tree(std::string prefix, std::string suffix, std::string shown, Handler handler) {
  trees_.push_back({std::move(prefix), std::move(suffix), std::move(shown), std::move(handler)});
}

boost::asio::awaitable<Response> Router::route(Request request) const {
  const auto found = std::find_if(routes_.begin(), routes_.end(),
                                  [&request](const Route& route) { return route.path == request.path; });
  if (found == routes_.end()) {
    const auto tree = std::find_if(trees_.begin(), trees_.end(), [&request](const Tree& candidate) {
      const std::size_t ends = candidate.prefix.size() + candidate.suffix.size();
      return request.path.starts_with(candidate.prefix) && request.path.ends_with(candidate.suffix) &&
             (candidate.suffix.empty() || request.path.size() > ends);
    });
    if (tree == trees_.end()) co_return not_found();
    Response response = co_await tree->handler(std::move(request));
    co_return response;
  }
  if (std::find(found->methods.begin(), found->methods.end(), request.method) == found->methods.end()) {
    const auto allowed = joined(found->methods);
    Response response =
        text_response(405, "this method is not allowed for " + found->path + "; allowed: " + allowed);
    response.headers.emplace_back("Allow", allowed);
    co_return response;
  }
  Response response = co_await found->handler(std::move(request));
  co_return response;
}

Response Router::not_found() const {
  std::string text = "there is nothing here; what there is:";
  for (const auto& route : routes_)
    text.append("\n").append(joined(route.methods)).append(" ").append(route.path);
  for (const auto& tree : trees_) text.append("\n").append(tree.shown);
  return text_response(404, text);
}

}  // namespace rdpwatch::http
