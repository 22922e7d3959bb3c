#pragma once
// A request to a router without a server.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <string>
#include <utility>

#include "daemon/http/router.hpp"

namespace rdpwatch::bench {

inline http::Response get(const http::Router& router, const std::string& path, const std::string& query) {
  http::Request request;
  request.method = "GET";
  request.path = path;
  request.query = query;
  http::Response response;
  boost::asio::io_context context;
  boost::asio::co_spawn(context, router.route(std::move(request)),
                        [&response](const std::exception_ptr& error, http::Response answer) {
                          if (error) std::rethrow_exception(error);
                          response = std::move(answer);
                        });
  context.run();
  return response;
}

}  // namespace rdpwatch::bench
