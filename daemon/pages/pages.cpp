#include "daemon/pages/pages.hpp"

#include <boost/asio/awaitable.hpp>
#include <utility>

#include "daemon/pages/assets.hpp"
#include "daemon/pages/causes_page.hpp"
#include "daemon/pages/certificates_page.hpp"
#include "daemon/pages/config_page.hpp"
#include "daemon/pages/overview_page.hpp"
#include "daemon/pages/security_page.hpp"
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
  add(router, "/certificates", [this](const Parameters& parameters) {
    return certificates_page(context_.store.snapshot(), {context_.now(), context_.store.judgement()},
                             parameters);
  });
  add(router, "/security", [this](const Parameters& parameters) {
    return security_page(context_.store.snapshot(), context_.now(), parameters);
  });
  add(router, "/causes",
      [this](const Parameters& parameters) { return causes_page(context_.store.snapshot(), parameters); });
  add_below(router, "/causes/", "GET, HEAD /causes/{id}",
            [this](std::string_view id, const Parameters& parameters) {
              return cause_page(context_.store.snapshot(), {context_.now(), context_.store.judgement()}, id,
                                parameters);
            });
  add(router, "/config", [this](const Parameters& parameters) {
    return config_page(context_.configuration.get(), context_.self.status(), context_.now(), parameters);
  });
  router.add_tree("/assets/", "GET, HEAD /assets/",
                  [](http::Request request) -> boost::asio::awaitable<http::Response> {
                    http::Response response = asset_answer(request.path);
                    co_return response;
                  });
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
    http::Response response = answer(request, [&](const Parameters& parameters) -> Answer {
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
  Answer made = parameters ? make(*parameters) : fault_page(400, http::kBadQuery);
  if (auto* const file = std::get_if<http::Response>(&made)) return std::move(*file);
  return html_answer(std::get<Page>(std::move(made)), frame, request.path);
}

}  // namespace rdpwatch::pages
