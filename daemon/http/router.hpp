#pragma once
// Router: path and method to handler. Filled before the server starts, read-only afterwards.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/http/message.hpp"

namespace rdpwatch::http {

class Router {
 public:
  /// `methods` for example {"GET"}; HEAD comes with GET. A path is matched as a whole.
  void add(std::vector<std::string> methods, std::string path, Handler handler);

  /// Every path that begins with `prefix` and that add() was not told of, whatever the method: the handler
  /// answers 404 and 405 itself. `shown` stands for them where it is said what there is.
  void add_tree(std::string prefix, std::string shown, Handler handler) {
    add_tree(std::move(prefix), "", std::move(shown), std::move(handler));
  }
  /// Of these only those that end with `suffix` and have something between the two. The first one added that
  /// fits counts.
  void add_tree(std::string prefix, std::string suffix, std::string shown, Handler handler);

  /// The handler's answer, or 404 or 405 with a text that says what there is.
  boost::asio::awaitable<Response> route(Request request) const;

 private:
  struct Route {
    std::vector<std::string> methods;
    std::string path;
    Handler handler;
  };

  struct Tree {
    std::string prefix;
    std::string suffix;
    std::string shown;
    Handler handler;
  };

  Response not_found() const;

  std::vector<Route> routes_;
  std::vector<Tree> trees_;
};

}  // namespace rdpwatch::http
