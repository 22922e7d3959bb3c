#include "daemon/pages/pages.hpp"

#include <boost/asio/awaitable.hpp>
#include <utility>

#include "config/text.hpp"
#include "daemon/api/target_id.hpp"
#include "daemon/pages/assets.hpp"
#include "daemon/pages/group_page.hpp"
#include "daemon/pages/groups_page.hpp"
#include "daemon/pages/overview_page.hpp"
#include "daemon/pages/target_page.hpp"
#include "daemon/pages/targets_page.hpp"

namespace rdpwatch::pages {
namespace {

Page method_fault() {
  return fault_page(405, "this method is not allowed here", {"GET", "HEAD"});
}

}  // namespace

void Pages::add_to(http::Router& router) const {
  add(router, "/", [this](const Parameters&) {
    return overview_page(context_.store.snapshot(), {context_.now(), context_.store.judgement()},
                         context_.self.status());
  });
  add(router, "/targets", [this](const Parameters& parameters) {
    return targets_page(context_.store.snapshot(), {context_.now(), context_.store.judgement()}, parameters);
  });
  add(router, "/groups", [this](const Parameters& parameters) {
    return groups_page(context_.store.snapshot(), {context_.now(), context_.store.judgement()}, parameters);
  });
  add_below(router, "/targets/", "GET, HEAD /targets/{id}",
            [this](std::string_view rest, const Parameters&) { return target(rest); });
  add_below(router, "/groups/", "GET, HEAD /groups/{name}",
            [this](std::string_view rest, const Parameters& parameters) { return group(rest, parameters); });
  router.add_tree("/assets/", "GET, HEAD /assets/",
                  [](http::Request request) -> boost::asio::awaitable<http::Response> {
                    http::Response response = asset_answer(request.path);
                    co_return response;
                  });
}

Page Pages::target(std::string_view id) const {
  const auto key = api::key_of(id);
  const auto state = key ? context_.store.find(*key) : nullptr;
  if (!state)
    return fault_page(404, "there is no target with the id " + config::quoted(id),
                      {"the targets that /targets lists"});
  return target_page(*state, context_.store.snapshot(), {context_.now(), context_.store.judgement()});
}

Page Pages::group(std::string_view encoded, const Parameters& parameters) const {
  const auto key = api::key_of(encoded);
  if (!key || !key->address.empty())
    return fault_page(404, "there is no group at " + config::quoted(encoded),
                      {"the groups that /groups lists"});
  return group_page(key->target, context_.store.snapshot(), {context_.now(), context_.store.judgement()},
                    parameters);
}

void Pages::add(http::Router& router, const std::string& path, Make make) const {
  router.add({"GET"}, path,
             [this, make = std::move(make)](http::Request request) -> boost::asio::awaitable<http::Response> {
               http::Response response = answer(request, make);
               co_return response;
             });
}

void Pages::add_below(http::Router& router, const std::string& prefix, const std::string& shown,
                      MakeBelow make) const {
  auto handle = [this, prefix,
                 make = std::move(make)](http::Request request) -> boost::asio::awaitable<http::Response> {
    const std::string_view rest = std::string_view(request.path).substr(prefix.size());
    const bool reads = request.method == "GET" || request.method == "HEAD";
    http::Response response = answer(request, [&](const Parameters& parameters) {
      return reads ? make(rest, parameters) : method_fault();
    });
    if (!reads) response.headers.emplace_back("Allow", "GET, HEAD");
    co_return response;
  };
  router.add_tree(prefix, shown, std::move(handle));
}

http::Response Pages::answer(const http::Request& request, const Make& make) const {
  const Frame frame{context_.version, context_.now()};
  const auto parameters = http::parse_query(request.query);
  Page page = parameters ? make(*parameters) : fault_page(400, http::kBadQuery);
  return html_answer(std::move(page), frame, request.path);
}

}  // namespace rdpwatch::pages
